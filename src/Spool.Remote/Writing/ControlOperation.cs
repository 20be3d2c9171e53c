namespace Spool.Remote;

/// <summary>A call that is made when everything before it is acknowledged, and before anything behind it is sent.</summary>
sealed class ControlOperation(ControlKind kind, ThreadPatch? patch, long calledAt) : WriterOperation(calledAt)
{
    readonly TaskCompletionSource<ChangedThread?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ControlKind Kind => kind;

    public ThreadPatch? Patch => patch;

    /// <summary>Gets whether the writer is over when it succeeded.</summary>
    public bool Ends => kind is ControlKind.ShutDown or ControlKind.Discard;

#pragma warning disable VSTHRD003 // the answer is the pump's work, which never waits for a caller
    public Task<ChangedThread?> Done => _done.Task;
#pragma warning restore VSTHRD003

    public void Complete(ChangedThread? changed) => _done.TrySetResult(changed);

    public override void Fail(Exception error) => _done.TrySetException(error);

    public override void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}
