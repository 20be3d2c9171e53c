using System.Globalization;
using System.Text;

namespace Spool;

/// <summary>Writes the names in <c>session_index.jsonl</c>: one line for each change of a name, and the removal of a thread's lines when the thread is deleted.</summary>
/// <remarks>
/// Programs of ours take turns with the lock of the home. Codex appends without any lock, and may do so at any moment: an append of ours is one write to the end of
/// the file, and a removal takes over what was appended to the old file while the new one took its place.
/// </remarks>
sealed class SessionIndexWriter(HomeLayout layout, IFileSystem files, WriterLocks locks, TimeProvider time)
{
    const int CopyBytes = 256 * 1024;
    const int RemovalAttempts = 20;

    string Temporary => layout.SessionIndex + ".tmp";

    /// <summary>Appends a name.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="name">The name, or an empty text to remove it.</param>
    public void Append(ThreadId thread, string name)
    {
        var line = LineOf(thread, name);
        using var home = locks.AcquireHome();
        using var file = OpenOrCreate(out var isNew);
        // What another program left without a line end keeps a line of its own.
        Span<byte> last = stackalloc byte[1];
        var size = file.Stamp.Size;
        var isWhole = size == 0 || file.Read(last, size - 1) == 1 && last[0] == (byte)'\n';
        file.Append(isWhole ? line : [(byte)'\n', .. line]);
        file.Sync();
        if (isNew)
            files.SyncFolder(layout.Home);
    }

    /// <summary>Removes every line of a thread. The lock of the home must not be held.</summary>
    /// <returns>How many there were.</returns>
    public int Remove(ThreadId thread)
    {
        using var home = locks.AcquireHome();
        for (var attempt = 0; ; attempt++)
        {
            if (files.Stamp(layout.SessionIndex) is not { } before)
                return 0;
            var lines = SessionIndexFile.LinesOf(layout.SessionIndex, thread);
            if (lines.Count == 0)
                return 0;
            if (TryReplaceWithout(lines, before))
                return lines.Count;
            if (attempt == RemovalAttempts)
                throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Other programs keep changing the list of names; try again.");
        }
    }

    // If we die before the rename, the names are as they were, and the next removal replaces the temporary file. If we die after it, the lines are gone.
    bool TryReplaceWithout(List<(long Start, long End)> lines, FileStamp before)
    {
        files.Delete(Temporary);
        using var source = files.Open(layout.SessionIndex);
        using var target = files.CreateNew(Temporary, layout.SessionIndex);
        var copied = 0L;
        foreach (var (start, end) in lines)
        {
            Copy(source, target, copied, start);
            copied = end;
        }
        copied = Copy(source, target, copied, source.Stamp.Size);
        target.Sync();
        if (source.Stamp.Inode != before.Inode || files.Stamp(layout.SessionIndex)?.Inode != before.Inode || copied < before.Size)
        {
            files.Delete(Temporary); // another program replaced or cut the list
            return false;
        }
        files.Rename(Temporary, layout.SessionIndex, RenameOver.Anything);
        // A program that opened the old file before it was replaced may have appended to it since.
        if (source.Stamp.Size > copied)
        {
            Copy(source, target, copied, source.Stamp.Size);
            target.Sync();
        }
        files.SyncFolder(layout.Home);
        return true;
    }

    // Gives where it ended.
    static long Copy(IWritableFile source, IWritableFile target, long from, long to)
    {
        var buffer = new byte[Math.Min(CopyBytes, Math.Max(0, to - from))];
        while (from < to)
        {
            var read = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from)), from);
            if (read == 0)
                return from;
            target.Append(buffer.AsSpan(0, read));
            from += read;
        }
        return from;
    }

    IWritableFile OpenOrCreate(out bool isNew)
    {
        isNew = files.Stamp(layout.SessionIndex) is null;
        if (!isNew)
            return files.Open(layout.SessionIndex);
        try
        {
            return files.CreateNew(layout.SessionIndex);
        }
        catch (IOException) when (files.Stamp(layout.SessionIndex) is not null)
        {
            isNew = false; // another program was faster
            return files.Open(layout.SessionIndex);
        }
    }

    // As Codex writes it: every character but two as it is. A name has no control characters. .NET's clock has 7 digits of a second, Codex writes 9.
    byte[] LineOf(ThreadId thread, string name)
    {
        var text = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"{{\"id\":\"{thread}\",\"thread_name\":\"{text}\",\"updated_at\":\"{now}\"}}\n");
    }
}
