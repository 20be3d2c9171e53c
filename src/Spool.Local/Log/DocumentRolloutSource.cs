using System.Buffers;

namespace Spool;

/// <summary>A rollout that is one JSON document, as the Codex of April to July 2025 for the terminal, written in TypeScript, stored it:
/// read as the lines of a log. Offsets are those of the lines. Reading forward is cheap; reading back starts again from the beginning. The
/// memory it takes does not depend on the document.</summary>
/// <param name="document">The document, which is disposed with this.</param>
sealed class DocumentRolloutSource(RolloutSource document) : RolloutSource
{
    const int PartBytes = 64 * 1024;

    readonly byte[] _part = new byte[PartBytes];
    readonly ArrayBufferWriter<byte> _made = new(PartBytes);
    DocumentLines _lines = new();
    long _documentOffset;
    int _given; // of what was made
    long _position; // of what is given next, in the lines

    /// <inheritdoc/>
    public override string? Problem => document.Problem;

    /// <inheritdoc/>
    public override bool EndsEarly => _lines.IsOpen;

    /// <inheritdoc/>
    public override FileStamp? Stamp => document.Stamp;

    public override int Read(Span<byte> buffer, long offset)
    {
        if (offset < _position)
            (_lines, _documentOffset, _given, _position) = (new DocumentLines(), 0, _made.WrittenCount, 0);
        while (_position < offset)
        {
            if (Next((int)Math.Min(int.MaxValue, offset - _position)).Length == 0)
                return 0;
        }
        var next = Next(buffer.Length);
        next.CopyTo(buffer);
        return next.Length;
    }

    public override void Dispose() => document.Dispose();

    // The next bytes of the lines, at most so many; none at the end.
    ReadOnlySpan<byte> Next(int most)
    {
        while (_given == _made.WrittenCount)
        {
            var read = document.Read(_part, _documentOffset);
            if (read == 0)
                return [];
            _documentOffset += read;
            _made.ResetWrittenCount();
            _given = 0;
            _lines.Take(_part.AsSpan(0, read), _made);
        }
        var next = _made.WrittenSpan[_given..];
        next = next[..Math.Min(most, next.Length)];
        _given += next.Length;
        _position += next.Length;
        return next;
    }
}
