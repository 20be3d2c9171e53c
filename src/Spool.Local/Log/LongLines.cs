namespace Spool;

/// <summary>Keeps passes that run at the same time from holding long lines at the same time: one at a time has them, and the others wait when they meet one.</summary>
/// <remarks>A line takes its length in memory, and its text once more than that. A pass that meets none pays nothing.</remarks>
sealed class LongLines : IDisposable
{
    /// <summary>The memory for a line that every pass may have, in bytes.</summary>
    public const int Small = 8 * 1024 * 1024;

    readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>Begins a pass.</summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The room of the pass, to be given back at its end.</returns>
    public Room Begin(CancellationToken cancellationToken) => new(_free, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    /// <summary>The room of one pass, which keeps it from its first long line to its end.</summary>
    public sealed class Room(SemaphoreSlim free, CancellationToken cancellationToken) : IDisposable
    {
        bool _isTaken;

        /// <summary>Waits until this pass may take memory of a size.</summary>
        /// <param name="size">The size in bytes.</param>
        public void Take(int size)
        {
            if (size <= Small || _isTaken)
                return;
            free.Wait(cancellationToken);
            _isTaken = true;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_isTaken)
                free.Release();
        }
    }
}
