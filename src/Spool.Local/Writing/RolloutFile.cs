using System.Diagnostics;

namespace Spool;

/// <summary>A rollout that is open for writing: it ends where this writer left it, or the writer is lost.</summary>
sealed class RolloutFile(IFileSystem files, HomeLayout layout, string path, IWritableFile file) : IDisposable
{
    const int BlockBytes = 64 * 1024;

    readonly long _inode = file.Stamp.Inode;
    long _syncedLength = -1; // nothing is known of what is on the disk already
    bool _isNameSynced;

    /// <summary>Gets the path in the home.</summary>
    public string Path => path;

    /// <summary>Gets the length after the last write.</summary>
    public long Length { get; private set; } = file.Stamp.Size;

    /// <summary>Gets the bytes, for reading items back. The source does not close the file.</summary>
    public RolloutSource Source => new OpenFileSource(file);

    string Absolute => layout.Absolute(path);

    /// <summary>Appends write batches, all of it or nothing.</summary>
    /// <exception cref="WriteFault">It was not possible.</exception>
    public void Append(List<WriteBatch> batches)
    {
        var end = Length;
        foreach (var batch in batches)
            end += batch.Length;
        if (end == Length)
            return;
        CheckUnchanged();
        try
        {
            foreach (var batch in batches)
            {
                if (batch.Length > 0)
                    file.Append(batch.Lines);
            }
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            CutBack(batches, end, e);
            throw WriteFault.Refused(e);
        }
        if (SizeNow() != end)
            throw WriteFault.LostMeanwhile("Another program wrote the thread's log at the same time.");
        LocalTelemetry.Writes.Record(end - Length);
        Length = end;
    }

    /// <summary>Puts everything on the disk: the bytes, and the names by which they are found.</summary>
    /// <exception cref="WriteFault">It was not possible. A failed barrier is never tried again: what it was to make safe may be gone from
    /// memory.</exception>
    public void Sync()
    {
        try
        {
            var began = LocalTelemetry.Syncs.Enabled ? Stopwatch.GetTimestamp() : 0;
            var isChanged = _syncedLength != Length;
            if (isChanged)
                file.Sync();
            _syncedLength = Length;
            if (!_isNameSynced)
                SyncFolders(files, layout, path);
            _isNameSynced = true;
            if (began != 0 && isChanged)
                LocalTelemetry.Syncs.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            DoubtfulRollouts.Mark(files, Absolute);
            throw WriteFault.Unknown(e);
        }
    }

    /// <summary>Notes that everything is on the disk already.</summary>
    public void NoteSynced()
    {
        _syncedLength = Length;
        _isNameSynced = true;
    }

    /// <summary>Puts the entries of a rollout's folders on the disk, up to the home. Any of them may be new.</summary>
    public static void SyncFolders(IFileSystem files, HomeLayout layout, string path)
    {
        for (
            var folder = System.IO.Path.GetDirectoryName(path);
            !string.IsNullOrEmpty(folder);
            folder = System.IO.Path.GetDirectoryName(folder)
        )
            files.SyncFolder(layout.Absolute(folder));
        files.SyncFolder(layout.Home);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    void CheckUnchanged()
    {
        FileStamp? found;
        try
        {
            found = files.Stamp(Absolute);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw WriteFault.Refused(e);
        }
        if (found is not { } now || now.Inode != _inode)
            throw WriteFault.Lost("The thread's log was moved or deleted.");
        if (now.Size != Length)
            throw WriteFault.Lost("Another program wrote the thread's log.");
    }

    // Only what is ours: a program that takes no lock may have written meanwhile, and its lines are a history. If we die here: the
    // part that was written has no line end, and the next one who opens the log sets it aside; or it ends a line, and is as if it had been
    // acknowledged.
    void CutBack(List<WriteBatch> batches, long attempted, Exception cause)
    {
        try
        {
            if (file.Stamp.Size is var size && (size < Length || size > attempted))
                throw WriteFault.Unknown(cause);
            if (size > Length && !IsBeginningOf(batches, size))
                throw WriteFault.LostMeanwhile("Another program wrote the thread's log at the same time.");
            if (size > Length)
                file.SetLength(Length);
            if (file.Stamp.Size != Length)
                throw WriteFault.Unknown(cause);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw WriteFault.Unknown(e);
        }
    }

    // Whether everything behind the last write, up to an end, is the beginning of what was to be written.
    bool IsBeginningOf(List<WriteBatch> batches, long end)
    {
        var block = new byte[BlockBytes];
        var at = Length;
        foreach (var batch in batches)
        {
            for (var lines = batch.Lines; lines.Length > 0 && at < end; )
            {
                var read = file.Read(block.AsSpan(0, (int)Math.Min(Math.Min(BlockBytes, lines.Length), end - at)), at);
                if (read <= 0 || !block.AsSpan(0, read).SequenceEqual(lines[..read]))
                    return false;
                lines = lines[read..];
                at += read;
            }
        }
        return at == end;
    }

    long SizeNow()
    {
        try
        {
            return file.Stamp.Size;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw WriteFault.Unknown(e);
        }
    }
}
