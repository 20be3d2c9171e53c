namespace Spool;

/// <summary>A rollout that is read for a caller of the store: what the disk refuses becomes a documented error.</summary>
sealed class ServedRolloutSource : RolloutSource
{
    readonly RolloutSource _source;

    ServedRolloutSource(RolloutSource source) => _source = source;

    /// <inheritdoc/>
    public override string? Problem => _source.Problem;

    /// <inheritdoc/>
    public override bool EndsEarly => _source.EndsEarly;

    /// <summary>Opens a rollout.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the rollout cannot be opened.</exception>
    public static new RolloutSource Open(string path)
    {
        try
        {
            // To open a pipe would wait for somebody to write into it.
            if (FileStat.KindOf(path) == PlaceKind.Special)
                throw new IOException("It is no file.");
            return new ServedRolloutSource(RolloutSource.Open(path));
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw DiskErrors.IsOutOfFiles(e) ? DiskErrors.OutOfFiles(e) : new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The rollout cannot be opened; check its permissions and its disk.", e);
        }
    }

    public override int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return _source.Read(buffer, offset);
        }
        catch (IOException e)
        {
            throw Refused(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await _source.ReadAsync(buffer, offset, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Refused(e);
        }
    }

    public override void Dispose() => _source.Dispose();

    static ThreadStoreException Refused(IOException e) =>
        new(ThreadStoreErrorCode.Corrupt, "The rollout cannot be read to its end; check its disk.", e);
}
