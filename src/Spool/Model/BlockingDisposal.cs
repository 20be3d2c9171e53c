namespace Spool.Storage;

/// <summary>Disposes by blocking, for callers that cannot wait in any other way. Costs a thread of the pool besides the one that is
/// blocked.</summary>
public static class BlockingDisposal
{
    /// <summary>Disposes and blocks until that is done.</summary>
    /// <param name="disposable">What to dispose.</param>
    /// <exception cref="Exception">What <see cref="IAsyncDisposable.DisposeAsync"/> throws, itself and not wrapped.</exception>
    // On another thread: a store of another author may go on in the context of its caller, which is blocked.
#pragma warning disable VSTHRD002 // that is the purpose
    public static void Dispose(IAsyncDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        Task.Run(() => disposable.DisposeAsync().AsTask()).GetAwaiter().GetResult();
    }
#pragma warning restore VSTHRD002
}
