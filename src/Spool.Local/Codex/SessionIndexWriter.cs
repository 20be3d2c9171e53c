using System.Globalization;
using System.Text;

namespace Spool;

/// <summary>Writes the names in <c>session_index.jsonl</c>: one line for each change of a name, and the removal of a thread's lines when
/// the thread is deleted.</summary>
/// <remarks>
/// Who changes the list holds <c>session_index.jsonl.lock</c> meanwhile, as Codex does since 0.169: an exclusive lock of the whole file,
/// which stays where it is. Nothing else is locked while it is held, so it cannot be part of a circle. Older releases append without any
/// lock, at any moment: an append of ours is one write to the end of the file, and a removal takes over what was appended to the old file
/// while the new one took its place.
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="files">The disk.</param>
/// <param name="time">The clock.</param>
/// <param name="patience">How long to wait for another program that holds the lock.</param>
sealed class SessionIndexWriter(HomeLayout layout, IFileSystem files, TimeProvider time, TimeSpan patience)
{
    /// <summary>The name of the file in the home.</summary>
    public const string Name = "session_index.jsonl";

    const int CopyBytes = 256 * 1024;
    const int RemovalAttempts = 20;
    const int PauseMilliseconds = 5;
    const int MostWaits = 10; // milliseconds without a change, for half a line at the end

    readonly PrivateFiles _lockFiles = new(layout.Home);

    string Temporary => layout.SessionIndex + ".tmp";

    /// <summary>Appends a name.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="name">The name, or an empty text to remove it.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: another program keeps the lock.</exception>
    public void Append(ThreadId threadId, string name)
    {
        var line = LineOf(threadId, name);
        using var held = Acquire();
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

    /// <summary>Removes every line of a thread.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: another program keeps the lock, or the list
    /// changes all the time.</exception>
    public int Remove(ThreadId threadId)
    {
        if (files.Stamp(layout.SessionIndex) is null)
            return 0;
        using var held = Acquire();
        for (var attempt = 0; ; attempt++)
        {
            if (files.Stamp(layout.SessionIndex) is not { } before)
                return 0;
            var lines = SessionIndexFile.LinesOf(layout.SessionIndex, threadId);
            if (lines.Count == 0)
                return 0;
            if (TryReplaceWithout(lines, before))
                return lines.Count;
            if (attempt == RemovalAttempts)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unavailable,
                    "Other programs keep changing the list of names; try again."
                );
        }
    }

    /// <summary>Says whether anything in the list names a thread.</summary>
    /// <exception cref="IOException">The list cannot be read.</exception>
    public bool Mentions(ThreadId threadId) =>
        FileStat.TryGet(layout.SessionIndex) is not null && FileText.Contains(layout.SessionIndex, threadId.ToString());

    // A call that waits asks again and again, as Codex does: a program that hangs while it holds the lock makes no other hang.
    LockFile Acquire()
    {
        var started = TimeProvider.System.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            if (TryAcquire() is { } taken)
                return taken;
            if (TimeProvider.System.GetElapsedTime(started) > patience)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unavailable,
                    "Another program keeps the list of names locked; end it and try again."
                );
            pause.Wait(PauseMilliseconds);
        }
    }

    LockFile? TryAcquire()
    {
        try
        {
            return LockFile.TryTake(layout.SessionIndex + ".lock", _lockFiles);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            DiskErrors.NotePlace(e, layout, layout.SessionIndex + ".lock");
            throw;
        }
    }

    // If we die before the rename, the names are as they were, and the next removal replaces the temporary file. If we die after it, the
    // lines are gone.
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
        copied = Copy(source, target, copied, WholeSize(source));
        target.Sync();
        // Putting it on the disk takes its time; what came meanwhile is taken over before the new list is seen.
        copied = Copy(source, target, copied, WholeSize(source));
        if (source.Stamp.Inode != before.Inode || files.Stamp(layout.SessionIndex)?.Inode != before.Inode || copied < before.Size)
        {
            files.Delete(Temporary); // another program replaced or cut the list
            return false;
        }
        files.Rename(Temporary, layout.SessionIndex, RenameOver.Anything);
        // A program that opened the old file before it was replaced may have appended to it since.
        CopyAtOnce(source, target, copied, WholeSize(source));
        target.Sync();
        files.SyncFolder(layout.Home);
        return true;
    }

    // An append of another program may be seen when only a part of it is in the file: the system copies it page by page. Half a line that
    // stays so is of a program that died.
    static long WholeSize(IWritableFile file)
    {
        Span<byte> last = stackalloc byte[1];
        var size = file.Stamp.Size;
        using var pause = new ManualResetEventSlim();
        for (var wait = 0; size > 0 && wait < MostWaits && file.Read(last, size - 1) == 1 && last[0] != (byte)'\n'; wait++)
        {
            pause.Wait(1);
            if (file.Stamp.Size is var now && now != size)
                (size, wait) = (now, 0);
        }
        return size;
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

    // Others append to the target already, so it has to be one write. It is what came within the moment of the rename.
    static void CopyAtOnce(IWritableFile source, IWritableFile target, long from, long to)
    {
        if (to <= from)
            return;
        var rest = new byte[to - from];
        var filled = 0;
        while (filled < rest.Length && source.Read(rest.AsSpan(filled), from + filled) is > 0 and var read)
            filled += read;
        target.Append(rest.AsSpan(0, filled));
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

    // As Codex writes it: every character but two as it is. A name has no control characters. .NET's clock has 7 digits of a second, Codex
    // writes 9.
    byte[] LineOf(ThreadId threadId, string name)
    {
        // Everything as it is, as Codex writes it, but for what JSON does not allow: a name that Codex took may hold line breaks and other
        // control characters.
        var text = string.Concat(
            name.Select(character =>
                character is '"' or '\\' ? $"\\{character}"
                : character < ' ' ? $"\\u{(int)character:x4}"
                : character.ToString()
            )
        );
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"{{\"id\":\"{threadId}\",\"thread_name\":\"{text}\",\"updated_at\":\"{now}\"}}\n");
    }
}
