namespace Spool;

/// <summary>A stream to be read forward whose first bytes are known before it is read.</summary>
sealed class HeadedStream : Stream
{
    const int HeadBytes = 512; // the first block of a tar

    readonly Stream _stream;
    readonly IdWatch? _watch;
    readonly byte[] _head = new byte[HeadBytes];
    readonly Exception? _damage;
    readonly int _length;
    int _given;

    /// <summary>Reads the beginning of a stream. When it is damaged there, reading on says so.</summary>
    /// <param name="stream">The stream, which is disposed with this.</param>
    /// <param name="watch">Sees everything that is read. When it has found what it looks for the stream ends.</param>
    public HeadedStream(Stream stream, IdWatch? watch = null)
    {
        (_stream, _watch) = (stream, watch);
        try
        {
            while (_length < HeadBytes && stream.Read(_head, _length, HeadBytes - _length) is > 0 and var read)
                _length += read;
        }
        catch (Exception e) when (PackedFile.IsDamage(e))
        {
            _damage = e;
        }
    }

    /// <summary>Gets whether it was read on at the end.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Gets the first bytes.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _length);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_watch is { HasFound: true })
            return 0;
        int read;
        if (_given < _length)
        {
            read = Math.Min(buffer.Length, _length - _given);
            _head.AsSpan(_given, read).CopyTo(buffer);
            _given += read;
        }
        else
        {
            read = _damage is null ? _stream.Read(buffer) : throw new InvalidDataException(_damage.Message, _damage);
            IsAtEnd |= read == 0 && buffer.Length > 0;
        }
        _watch?.Take(buffer[..read]);
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }
}
