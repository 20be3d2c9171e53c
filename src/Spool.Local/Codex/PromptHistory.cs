using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>The prompts that Codex offers again, in <c>history.jsonl</c>: one line for each, with the id of its thread, which some releases
/// call that of a conversation.</summary>
/// <remarks>
/// Codex appends to the file, and cuts its beginning where it is, while it holds an exclusive lock of the whole file; it never puts another
/// file in its place, and neither may any other program: one that opened the old one would append to it. So the lines of a thread, which
/// have nothing else in them, are overwritten with spaces. Every other line stays as it is and where it is at every moment, also when we
/// die, and Codex passes over a blank line.
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="patience">How long to wait for another program that holds the lock.</param>
sealed class PromptHistory(HomeLayout layout, TimeSpan patience)
{
    const int MaxLine = 64 * 1024 * 1024;
    const int PauseMilliseconds = 5;

    /// <summary>The name of the file in the home.</summary>
    public const string Name = "history.jsonl";

    static readonly string[] Owners = ["session_id", "conversation_id"];

    string File => layout.Absolute(Name);

    /// <summary>Says whether there is a prompt of a thread.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Has(ThreadId threadId)
    {
        if (FileStat.TryGet(File) is null)
            return false;
        using var file = OpenFile(LinuxCalls.ReadOnly, FileAccess.Read);
        return LinesOf(file, threadId).Any();
    }

    /// <summary>Overwrites every prompt of a thread.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: another program keeps the lock.</exception>
    /// <exception cref="IOException">The file cannot be changed.</exception>
    public int Erase(ThreadId threadId)
    {
        if (!Has(threadId))
            return 0;
        using var file = OpenFile(LinuxCalls.ReadWrite, FileAccess.ReadWrite);
        Lock(file);
        try
        {
            var lines = LinesOf(file, threadId).ToList();
            foreach (var (start, end) in lines)
                Overwrite(file, start, end);
            RandomAccess.FlushToDisk(file);
            return lines.Count;
        }
        finally
        {
            if (OperatingSystem.IsLinux())
                LinuxCalls.ReleaseLock(file);
        }
    }

    /// <summary>Says whether anything in the file names a thread.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Names(ThreadId threadId) => FileStat.TryGet(File) is not null && FileText.Contains(File, threadId.ToString());

    /// <summary>Says whether there is a line that was cut before it says of which thread it is, and has something else in it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool HasCutLine()
    {
        if (FileStat.TryGet(File) is null)
            return false;
        using var file = OpenFile(LinuxCalls.ReadOnly, FileAccess.Read);
        using var source = new HandleSource(file);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (OwnLine.IsCutBefore(line, Owners))
                return true;
        }
        return false;
    }

    // The framework takes a shared lock of whatever it opens, which would be in the way of ours.
    SafeFileHandle OpenFile(int flags, FileAccess access) =>
        OperatingSystem.IsLinux()
            ? RegularFile.Checked(LinuxCalls.Open(File, flags | LinuxCalls.NonBlocking))
            : System.IO.File.OpenHandle(File, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    // Where the text of each line is, without its line end.
    static IEnumerable<(long Start, long End)> LinesOf(SafeFileHandle file, ThreadId threadId)
    {
        using var source = new HandleSource(file);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (OwnLine.IsOf(line, threadId, Owners))
                yield return (line.Start, line.Start + line.Length);
        }
    }

    // A call that waits asks again and again, as Codex does.
    void Lock(SafeFileHandle file)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (OperatingSystem.IsLinux() && !LinuxCalls.TryLock(file))
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unavailable,
                    "Another program keeps the list of prompts locked; end it and try again."
                );
            pause.Wait(PauseMilliseconds);
        }
    }

    static void Overwrite(SafeFileHandle file, long start, long end)
    {
        Span<byte> spaces = stackalloc byte[4096];
        spaces.Fill((byte)' ');
        for (var at = start; at < end; at += spaces.Length)
            RandomAccess.Write(file, spaces[..(int)Math.Min(spaces.Length, end - at)], at);
    }

    // The code that opened the file closes it.
    sealed class HandleSource(SafeFileHandle file) : RolloutSource
    {
        public override int Read(Span<byte> buffer, long offset) => RandomAccess.Read(file, buffer, offset);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(file, buffer, offset, cancellationToken);

        public override void Dispose() { }
    }
}
