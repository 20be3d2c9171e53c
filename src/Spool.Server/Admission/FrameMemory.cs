using System.Buffers;
using System.Runtime.InteropServices;

namespace Spool.Server;

/// <summary>Memory for one large message, which goes back to the system at once when it was read: in the heap it would lie until the next collection of everything.</summary>
sealed unsafe class FrameMemory : MemoryManager<byte>
{
    readonly int _length;
    byte* _bytes;

    /// <summary>Takes memory. Pages that nothing is written to cost nothing.</summary>
    /// <param name="length">How many bytes.</param>
    public FrameMemory(int length)
    {
        _bytes = (byte*)NativeMemory.Alloc((nuint)length);
        _length = length;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_bytes is null, this);
        return new Span<byte>(_bytes, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
