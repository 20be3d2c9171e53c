using System.Buffers;
using System.Runtime.InteropServices;

namespace Spool.Server;

/// <summary>Memory for one large message, which goes back to the system at once when it was read: in the heap it would lie until the next
/// collection of everything.</summary>
sealed unsafe partial class FrameMemory : MemoryManager<byte>
{
    const int ReadAndWrite = 1 | 2;
    const int PrivateAndOfNoFile = 2 | 0x20;

    readonly int _length;
    byte* _bytes;

    /// <summary>Takes memory. Pages that nothing is written to cost nothing.</summary>
    /// <param name="length">How many bytes.</param>
    public FrameMemory(int length)
    {
        // The allocator of the system's library keeps what it gave out once, up to 32 MiB at a time.
        _bytes = (byte*)(
            OperatingSystem.IsLinux()
                ? MapMemory(0, (nuint)length, ReadAndWrite, PrivateAndOfNoFile, file: -1, offset: 0)
                : (nint)NativeMemory.Alloc((nuint)length)
        );
        if ((nint)_bytes == -1)
            throw ThreadStoreException.Busy("The system has no memory for a request of this size.", TimeSpan.FromSeconds(1));
        _length = length;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_bytes is null, this);
        return new Span<byte>(_bytes, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (_bytes is null)
            return;
        if (OperatingSystem.IsLinux())
            _ = UnmapMemory((nint)_bytes, (nuint)_length);
        else
            NativeMemory.Free(_bytes);
        _bytes = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MapMemory(nint at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(nint at, nuint length);
}
