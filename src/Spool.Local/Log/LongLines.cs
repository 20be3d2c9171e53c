namespace Spool;

/// <summary>Keeps scans of an index from holding long lines at the same time: one at a time has them, the others wait when they meet one,
/// and the next may use the same memory.</summary>
/// <remarks>A line takes its length in memory, and its text once more than that. A scan that meets none pays nothing.</remarks>
sealed class LongLines : IDisposable
{
    /// <summary>The memory for a line that every scan may have, in bytes.</summary>
    public const int Small = 8 * 1024 * 1024;

    readonly SemaphoreSlim _free = new(1, 1);
    readonly Stack<WeakReference<byte[]>> _left = new(); // used by the call that has the room

    /// <summary>Begins a scan.</summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The room of the scan, to be given back at its end.</returns>
    public Room Begin(CancellationToken cancellationToken) => new(this, cancellationToken);

    /// <summary>Gives memory for a line that may be as long as any. A page of it that is not written to is not there.</summary>
    /// <param name="size">The size in bytes.</param>
    // to move it would be to write to all of it
    public static byte[] Allocate(int size) => GC.AllocateUninitializedArray<byte>(size, pinned: size > Small);

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    /// <summary>The room of one scan, which keeps it from its first long line to its end.</summary>
    public sealed class Room(LongLines lines, CancellationToken cancellationToken) : IDisposable
    {
        readonly List<byte[]> _used = [];
        bool _isTaken;

        /// <summary>Gives memory of a size, and waits for the room for it. What an earlier scan left is used again, if it was not collected
        /// meanwhile.</summary>
        /// <param name="size">The least size in bytes.</param>
        public byte[] Take(int size)
        {
            if (size <= Small)
                return Allocate(size);
            if (!_isTaken)
                lines._free.Wait(cancellationToken);
            _isTaken = true;
            byte[]? memory = null;
            while (lines._left.TryPop(out var left) && !(left.TryGetTarget(out memory) && memory.Length >= size))
                memory = null;
            memory ??= Allocate(size);
            _used.Add(memory);
            return memory;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!_isTaken)
                return;
            foreach (var memory in _used)
                lines._left.Push(new WeakReference<byte[]>(memory));
            lines._free.Release();
        }
    }
}
