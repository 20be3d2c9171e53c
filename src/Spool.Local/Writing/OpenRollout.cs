using Microsoft.Extensions.Logging;

namespace Spool;

/// <summary>Opens a stored rollout for writing, and first mends its end: the one thing that is ever repaired.</summary>
/// <param name="files">The disk.</param>
/// <param name="layout">The home.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is held in memory.</param>
/// <param name="log">The log of the store.</param>
sealed class OpenRollout(IFileSystem files, HomeLayout layout, int maxLineBytes, ILogger log)
{
    const int BlockBytes = 256 * 1024;

    /// <summary>Opens a plain rollout. Its time stays what it was.</summary>
    /// <param name="path">Its path in the home.</param>
    /// <returns>The rollout, and where its whole lines ended when it was opened.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public (RolloutFile File, long WholeLength) Open(string path)
    {
        var absolute = layout.Absolute(path);
        DoubtfulRollouts.Renew(files, absolute);
        var file = files.Open(absolute);
        try
        {
            var before = file.Stamp;
            var whole = MendEnd(absolute, file, before.Size);
            if (whole < before.Size)
                LocalLog.EndSetAside(log, path, before.Size - whole);
            if (file.Stamp.Size != before.Size)
                files.SetModified(absolute, DateTimeOffset.UnixEpoch.AddTicks(before.ModifiedNs / 100));
            return (new RolloutFile(files, layout, path, file), whole);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a compressed rollout a plain one.</summary>
    /// <param name="path">Its path in the home.</param>
    /// <returns>The path of the plain one.</returns>
    /// <remarks>
    /// If we die
    /// 1. before the rename: an unfinished file is left, which is removed later.
    /// 2. between the rename and the deletion: both are there and say the same; the plain one counts.
    /// </remarks>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: it is damaged.
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: something else has the place of the plain one.</exception>
    public string Uncompress(string path)
    {
        var compressed = layout.Absolute(path);
        var plain = RolloutFileName.PlainName(compressed);
        var unfinished = UnfinishedFiles.PathFor(plain);
        files.Delete(unfinished);
        if (FreePlace.IsTaken(files, plain))
            throw FreePlace.Blocked(layout, plain);
        try
        {
            using (var source = RolloutSource.Open(compressed))
            using (var file = files.CreateNew(unfinished, compressed))
            {
                Copy(source.Read, 0, long.MaxValue, file);
                if (source.Problem is { } problem)
                    throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, problem);
                file.Sync();
            }
            if (files.Stamp(compressed) is { } stamp)
                files.SetModified(unfinished, DateTimeOffset.UnixEpoch.AddTicks(stamp.ModifiedNs / 100));
            files.Rename(unfinished, plain, RenameOver.Nothing);
        }
        catch
        {
            files.Delete(unfinished);
            throw;
        }
        files.SyncFolder(Path.GetDirectoryName(plain)!);
        files.Delete(compressed);
        return RolloutFileName.PlainName(path);
    }

    // If we die
    // 1. while the copy is made: the end is still in the rollout, and the next one makes the copy again.
    // 2. after that: the copy is on the disk, and the end is in the rollout or not.
    long MendEnd(string absolute, IWritableFile file, long length)
    {
        if (length == 0 || ByteAt(file, length - 1) == '\n')
            return length;
        var start = StartOfLastLine(file, length);
        if (Counts(file, start, length))
        {
            file.Append("\n"u8);
            return length;
        }
        SetAside(absolute, file, start, length);
        file.SetLength(start);
        return start;
    }

    bool Counts(IWritableFile file, long start, long end)
    {
        var line = new byte[LogReader.Held(end - start, maxLineBytes)];
        return ReadFully(file, line, start) == line.Length
            && LastLine.Counts(new LogLine(line, start, end - start, IsTerminated: false), file.Read);
    }

    void SetAside(string absolute, IWritableFile file, long start, long end)
    {
        var name = $"{absolute}.torn-{start}";
        for (var number = 2; files.Stamp(name) is { } there && !IsSame(name, there, file, start, end); number++)
            name = $"{absolute}.torn-{start}-{number}";
        files.Delete(name);
        using (var copy = files.CreateNew(name, absolute))
        {
            Copy(file.Read, start, end, copy);
            copy.Sync();
        }
        files.SyncFolder(Path.GetDirectoryName(absolute)!);
    }

    // Whether an earlier attempt died when it had copied this much of the same bytes; a shorter copy is begun anew.
    bool IsSame(string name, FileStamp there, IWritableFile file, long start, long end)
    {
        if (there.Size > end - start)
            return false;
        using var copy = files.Open(name);
        var ours = new byte[BlockBytes];
        var theirs = new byte[BlockBytes];
        for (var offset = 0L; offset < there.Size; offset += BlockBytes)
        {
            var size = (int)Math.Min(BlockBytes, there.Size - offset);
            if (
                ReadFully(copy, theirs.AsSpan(0, size), offset) != size
                || ReadFully(file, ours.AsSpan(0, size), start + offset) != size
                || !ours.AsSpan(0, size).SequenceEqual(theirs.AsSpan(0, size))
            )
                return false;
        }
        return true;
    }

    static long StartOfLastLine(IWritableFile file, long length)
    {
        var block = new byte[BlockBytes];
        for (var end = length; end > 0; )
        {
            var start = Math.Max(0, end - BlockBytes);
            var read = ReadFully(file, block.AsSpan(0, (int)(end - start)), start);
            if (block.AsSpan(0, read).LastIndexOf((byte)'\n') is >= 0 and var at)
                return start + at + 1;
            end = start;
        }
        return 0;
    }

    static byte ByteAt(IWritableFile file, long offset)
    {
        Span<byte> one = stackalloc byte[1];
        return file.Read(one, offset) == 1 ? one[0] : (byte)0;
    }

    static int ReadFully(IWritableFile file, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && file.Read(buffer[filled..], offset + filled) is > 0 and var read)
            filled += read;
        return filled;
    }

    static void Copy(ReadBytes read, long start, long end, IWritableFile to)
    {
        var block = new byte[BlockBytes];
        while (start < end && read(block.AsSpan(0, (int)Math.Min(BlockBytes, end - start)), start) is > 0 and var count)
        {
            to.Append(block.AsSpan(0, count));
            start += count;
        }
    }
}
