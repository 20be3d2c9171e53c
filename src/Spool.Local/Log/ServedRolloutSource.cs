namespace Spool;

/// <summary>A rollout that is read for a caller of the store: what the disk refuses becomes a documented error.</summary>
sealed class ServedRolloutSource : RolloutSource
{
    readonly RolloutSource _source;
    readonly bool _isLog;

    ServedRolloutSource(RolloutSource source, bool isLog) => (_source, _isLog) = (source, isLog);

    /// <inheritdoc/>
    public override string? Problem => _source.Problem;

    /// <inheritdoc/>
    public override bool EndsEarly => _source.EndsEarly;

    /// <inheritdoc/>
    public override long? LengthReadBack => _source.LengthReadBack;

    /// <inheritdoc/>
    public override FileStamp? Stamp => _source.Stamp;

    /// <summary>Opens the file that something is known of, and no other that took its place since.</summary>
    /// <param name="path">Where it was.</param>
    /// <param name="known">What is known of it; it may have grown.</param>
    /// <exception cref="ThreadStoreException">As of the other one. Another file, or one that was cut or written over, has moved
    /// (<see cref="HasMoved"/>).</exception>
    public static ServedRolloutSource Open(string path, KnownFile known)
    {
        var source = Open(path);
        try
        {
            source.Require(known);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what is open when it is not the file that something is known of, or no longer begins with what was read of
    /// it.</summary>
    /// <remarks>
    /// A system call, while the file is as it was read. A log that has changed since is read once more up to there, as the look does that
    /// takes in what was added: the system gives the number of a file that is gone to the next one, so neither that nor a length says that
    /// it only grew. What is packed or a document never grows.
    /// </remarks>
    /// <exception cref="ThreadStoreException">It has moved (<see cref="HasMoved"/>).</exception>
    public void Require(KnownFile known)
    {
        // Without a stamp nothing is known but what was read, if anything was.
        if (Stamp is not { } stamp || stamp == known.Stamp || known.Stamp.IsNone && (known.Length == 0 || !_isLog))
            return;
        if (
            !known.Stamp.IsNone && stamp.Inode != known.Stamp.Inode
            || !_isLog
            || stamp.Size < known.Length
            || new HashedLog(this).HashTo(known.Length) != known.Hash
        )
            throw Moved();
    }

    /// <summary>Refuses what was read when the log was cut or written over since it was opened.</summary>
    /// <remarks>What is packed or a document is only replaced as a whole, and what is open stays what it was.</remarks>
    /// <param name="known">What is known of it.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it was.</exception>
    public void RequireKept(KnownFile known)
    {
        if (!_isLog)
            return;
        try
        {
            Require(known);
        }
        catch (ThreadStoreException e) when (HasMoved(e))
        {
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                "Another program cut or wrote over the log while it was read; try again.",
                e
            );
        }
    }

    /// <summary>Makes the error of a rollout that could not be opened when it was indexed: why it still cannot, or that it has come back
    /// and has to be looked up again.</summary>
    public static ThreadStoreException CameBack(string path)
    {
        Open(path).Dispose();
        return Moved();
    }

    /// <summary>Opens a rollout.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the rollout cannot be opened;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: it was moved or deleted since its path was looked up (<see cref="HasMoved"/>), or
    /// its permissions, or those of a folder above it, do not let this process read it.</exception>
    public static new ServedRolloutSource Open(string path)
    {
        // To open a pipe would wait for a program that writes into it; and what is listed and leads nowhere was not moved.
        if (ScannedRollout.OddityOf(path) is { } trouble)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, trouble);
        try
        {
            return new ServedRolloutSource(RolloutSource.Open(path), RolloutFileName.IsLog(Path.GetFileName(path.AsSpan())));
        }
        catch (Exception e) when (DiskErrors.IsGone(e) && ForeignNames.IsEscaped(path))
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, ForeignNames.Reason, e);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            throw Moved(e);
        }
        catch (Exception e) when (RegularFile.IsNone(e))
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, RegularFile.Reason, e);
        }
        catch (UnauthorizedAccessException e)
        {
            // The log may be as whole as any; its owner can read it.
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                "The rollout cannot be opened; check its permissions and those of its folder.",
                e
            );
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw DiskErrors.IsOutOfFiles(e)
                ? DiskErrors.OutOfFiles(e)
                : new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The rollout cannot be opened; check its disk.", e);
        }
    }

    /// <summary>Says whether an error means that a rollout is no longer where it was looked up: a call that looks it up again finds it, or
    /// that it is gone.</summary>
    public static bool HasMoved(ThreadStoreException error) => error.InnerException is RolloutMovedException;

    public override long? FindLineEnd(long offset, long most)
    {
        try
        {
            return _source.FindLineEnd(offset, most);
        }
        catch (IOException e)
        {
            throw Refused(e);
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

    /// <summary>Makes the error of a rollout that is no longer where it was looked up (<see cref="HasMoved"/>).</summary>
    /// <param name="cause">What the disk said, or null.</param>
    public static ThreadStoreException Moved(Exception? cause = null) =>
        new(
            ThreadStoreErrorCode.Unavailable,
            "Another program moved or deleted the thread meanwhile; try again.",
            new RolloutMovedException(cause)
        );

    static ThreadStoreException Refused(IOException e) =>
        DiskErrors.IsOutOfFiles(e)
            ? DiskErrors.OutOfFiles(e)
            : new(ThreadStoreErrorCode.Corrupt, "The rollout cannot be read to its end; check its disk.", e);
}
