namespace Spool.Remote;

/// <summary>One call of a writer's member, until it is answered.</summary>
abstract class WriterOperation(long calledAt)
{
    /// <summary>Gets when it was called, as a timestamp of the clock.</summary>
    public long CalledAt => calledAt;

    /// <summary>Gets or sets whether it was sent at least once, so that the server may have carried it out.</summary>
    public bool WasSent { get; set; }

    /// <summary>Gets or sets what ends the wait for a place in the queue, where it has to wait for one.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Tells the caller that it failed.</summary>
    public abstract void Fail(Exception error);

    /// <summary>Tells the caller that it was cancelled before it had any effect.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}
