using System.Threading.Tasks.Sources;

namespace Spool;

/// <summary>Who waits for an append, or for everything appended before. Lighter than a task of its own for each append.</summary>
/// <param name="durability">What it waits for.</param>
sealed class AppendWaiter(Durability durability) : IValueTaskSource<AppendReceipt>
{
    ManualResetValueTaskSourceCore<AppendReceipt> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Gets what it waits for.</summary>
    public Durability Durability => durability;

    /// <summary>Gets or sets what it is given when all went well.</summary>
    public AppendReceipt Receipt { get; set; }

    /// <summary>Gets what is awaited, once.</summary>
    public ValueTask<AppendReceipt> Task => new(this, _core.Version);

    /// <summary>Ends the wait well.</summary>
    public void Succeed() => _core.SetResult(Receipt);

    /// <summary>Ends the wait with an error.</summary>
    public void Fail(Exception error) => _core.SetException(error);

    AppendReceipt IValueTaskSource<AppendReceipt>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<AppendReceipt>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<AppendReceipt>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
