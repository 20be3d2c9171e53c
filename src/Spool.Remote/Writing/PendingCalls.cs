namespace Spool.Remote;

/// <summary>A pending call of a writer's member.</summary>
interface IPendingCall
{
    /// <summary>Gets or sets what takes the call back while it has not been sent.</summary>
    CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Tells the caller what became of it.</summary>
    void End(in WriterResult result);
}

/// <summary>A pending append.</summary>
sealed class PendingAppend(AppendRequest request, TimeSpan calledAt, CancellationToken cancellationToken)
    : AppendCall(request, calledAt),
        IPendingCall
{
    readonly TaskCompletionSource<AppendReceipt> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationTokenRegistration Cancellation { get; set; }

#pragma warning disable VSTHRD003 // the answer is the pump's work, which never waits for a caller
    public Task<AppendReceipt> Done => _done.Task;
#pragma warning restore VSTHRD003

    public void End(in WriterResult result) => _done.End(result.Receipt, result, cancellationToken);
}

/// <summary>Another pending call.</summary>
sealed class PendingControl(ControlKind kind, ThreadPatch? patch, TimeSpan calledAt, CancellationToken cancellationToken)
    : ControlCall(kind, patch, calledAt),
        IPendingCall
{
    readonly TaskCompletionSource<ChangedThread?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationTokenRegistration Cancellation { get; set; }

#pragma warning disable VSTHRD003 // the answer is the pump's work, which never waits for a caller
    public Task<ChangedThread?> Done => _done.Task;
#pragma warning restore VSTHRD003

    public void End(in WriterResult result) => _done.End(result.Changed, result, cancellationToken);
}

/// <summary>Ends what a caller waits for.</summary>
static class PendingCallExtensions
{
    public static void End<T>(this TaskCompletionSource<T> done, T value, in WriterResult result, CancellationToken cancellationToken)
    {
        if (result.IsCancelled)
            done.TrySetCanceled(cancellationToken);
        else if (result.Error is { } error)
        {
            done.TrySetException(error);
            _ = done.Task.Exception; // a caller may have given it up; then no other code looks at it
        }
        else
            done.TrySetResult(value);
    }
}
