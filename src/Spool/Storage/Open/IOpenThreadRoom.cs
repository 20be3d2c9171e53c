namespace Spool.Storage;

/// <summary>Room that threads of several registries share with each other or with other things, such as files that the process may open. A
/// thread takes one unit of it beside its place.</summary>
/// <remarks>It may be used by many at a time.</remarks>
public interface IOpenThreadRoom
{
    /// <summary>Takes room for a thread if it is free.</summary>
    bool TryTake();

    /// <summary>Takes room for a thread, and waits for it for a bounded time.</summary>
    /// <param name="cancellationToken">Cancels the wait; then nothing is taken.</param>
    /// <returns>Whether it was taken.</returns>
    ValueTask<bool> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Gives the room of a thread back.</summary>
    void Give();
}
