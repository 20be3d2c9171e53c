using System.IO.Compression;
using System.IO.Enumeration;

namespace Spool;

/// <summary>Finds the files of a home that belong to a thread and are no rollouts for any program: copies under other names and in other folders, and what was set aside or not finished.</summary>
/// <remarks>
/// The index knows the rollouts of the folders of sessions under their names; every other file of the home is looked at here. A file is the thread's when its name says that it was made beside one of
/// its rollouts, or when it begins as a log of the thread does, plain or compressed. Links are not followed: what they lead to is somewhere else, and somebody else's;
/// neither are working copies of repositories looked through.
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="databases">Codex's databases, from which rows are removed in their own way, wherever they are.</param>
/// <param name="maxLineBytes">The longest line that is looked at whole.</param>
sealed class ThreadRemains(HomeLayout layout, IEnumerable<string> databases, int maxLineBytes)
{
    const int MostLines = 10;
    const long MostSearched = 4 * 1024 * 1024;

    static ReadOnlySpan<byte> Zstd => [0x28, 0xb5, 0x2f, 0xfd];

    static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, RecurseSubdirectories = true, MaxRecursionDepth = 32 };

    static readonly EnumerationOptions Names = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    // Not by their paths: a setting may spell a folder of the home in another way, or reach it through a link.
    readonly HashSet<(string, long, string)> _databases = [.. databases.Select(IdentityOf)];

    /// <summary>Looks through the home.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The files of the thread, and others that name it.</returns>
    public (IReadOnlyList<string> Files, IReadOnlyList<(string Path, LeftBehind Left)> Others) Find(ThreadId thread, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var others = new List<(string, LeftBehind)>();
        if (!Directory.Exists(layout.Home))
            return (files, others);
        var everything = new FileSystemEnumerable<string>(layout.Home, (ref FileSystemEntry entry) => entry.ToFullPath(), Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsWorkingCopy(entry.ToFullPath()) && IsReadable(entry.ToFullPath()),
        };
        foreach (var path in everything)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var relative = Path.GetRelativePath(layout.Home, path).Replace('\\', '/');
            if (IsListed(relative))
            {
                // The index has the last word on which thread it is; what is left of it after the deletion is said.
                if (HasIdInName(relative, thread))
                    others.Add((path, new LeftBehind($"The file {relative}, which has the thread's id in its name", "what is in it does not say that it is the thread; it is listed under an id of its own")));
                continue;
            }
            if (IsKnownElsewhere(path, relative) || FileStat.TryGet(path) is not { } stamp)
                continue;
            if (IsBeside(relative, thread))
                files.Add(path);
            else if (stamp.Size > 0)
                Look(path, relative, stamp.Size, thread, files, others);
        }
        return (files, others);

        bool IsReadable(string folder)
        {
            var place = Path.GetRelativePath(layout.Home, folder).Replace('\\', '/');
            if (IsOfSessions(place + "/") || CanRead(folder))
                return true; // the folders of sessions are the index's to look at
            others.Add((folder, InUnreadable(place)));
            return false;
        }
    }

    /// <summary>Says that a part of the home cannot be read, and so may hold something of the thread.</summary>
    public static LeftBehind InUnreadable(string place) => new($"What {place} holds of the thread, if anything", "it cannot be read");

    void Look(string path, string relative, long size, ThreadId thread, List<string> files, List<(string, LeftBehind)> others)
    {
        try
        {
            if (Claims(path, thread))
                files.Add(path);
            else if (HasIdInName(relative, thread) || size <= MostSearched && FileText.Contains(path, thread.ToString()))
                others.Add((path, new LeftBehind($"The file {relative}, which names the thread", "it is no log of the thread, and what else is in it is not known")));
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            if (HasIdInName(relative, thread))
                others.Add((path, new LeftBehind($"The file {relative}, which has the thread's id in its name", "it cannot be read")));
        }
    }

    bool Claims(string path, ThreadId thread)
    {
        using var source = Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, Math.Min(maxLineBytes, 16 * 1024 * 1024), LineMemory.Reused);
        var observer = new MetadataObserver();
        for (var i = 0; i < MostLines && reader.TryRead(out var line) && observer.Facts.Id is null; i++)
        {
            if (!line.IsBlank)
                observer.Observe(new RolloutItem(line.Bytes, i, line.Length));
        }
        return observer.Facts.Id == thread;
    }

    // By what is in it: a name may have been changed in any way.
    static RolloutSource Open(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            head = head[..RandomAccess.Read(file, head, 0)];
        return head.SequenceEqual(Zstd) ? new ZstdRolloutSource(path)
            : head.StartsWith(Gzip) ? new GzipSource(path)
            : new PlainRolloutSource(path);
    }

    static bool HasIdInName(string relative, ThreadId thread) => relative.Contains(thread.ToString(), StringComparison.OrdinalIgnoreCase);

    static bool IsListed(string relative) =>
        IsOfSessions(relative) && RolloutFileName.IsRollout(Path.GetFileName(relative));

    static bool IsOfSessions(string relative) =>
        relative.StartsWith(HomeLayout.Sessions + "/", StringComparison.Ordinal) || relative.StartsWith(HomeLayout.Archived + "/", StringComparison.Ordinal);

    // Lists of names and prompts, and databases, are removed from in their own ways.
    bool IsKnownElsewhere(string path, string relative) =>
        relative is "session_index.jsonl" or PromptHistory.Name || relative.StartsWith("thread-writer-locks/", StringComparison.Ordinal)
        || DatabaseOf(path) is { } database && _databases.Contains(IdentityOf(database));

    static bool CanRead(string folder)
    {
        try
        {
            using var entries = new FileSystemEnumerable<bool>(folder, (ref FileSystemEntry _) => true, Names).GetEnumerator();
            entries.MoveNext();
            return FileStat.FindFolder(folder) is not null;
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return FileStat.KindOf(folder) == PlaceKind.Nothing;
        }
    }

    static (string Name, long Inode, string Path) IdentityOf(string path) =>
        FileStat.TryGet(path) is { Inode: > 0 } stamp ? (Path.GetFileName(path), stamp.Inode, "") : (Path.GetFileName(path), 0, Path.GetFullPath(path));

    // Codex keeps working copies of repositories in its home: somebody's work, and often more files than everything else together.
    static bool IsWorkingCopy(string folder) => Path.GetFileName(folder) == ".git" || Path.Exists(Path.Join(folder, ".git"));

    // The database that a file is, or is the log or the shared memory of.
    static string? DatabaseOf(string path) => path.LastIndexOf(".sqlite", StringComparison.Ordinal) is >= 0 and var end ? path[..(end + ".sqlite".Length)] : null;

    static bool IsBeside(string relative, ThreadId thread)
    {
        // The environment of the shell, which Codex keeps while the thread runs and leaves when it is killed.
        if (relative.StartsWith($"shell_snapshots/{thread}.", StringComparison.Ordinal))
            return true;
        var name = Path.GetFileName(relative);
        foreach (var (prefix, mark) in ((string, string)[])[(".", ".new"), (".", ".doubtful"), ("", ".torn-")])
        {
            var end = name.LastIndexOf(mark, StringComparison.Ordinal);
            if (end > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal) && RolloutFileName.TryParse(name.AsSpan(prefix.Length, end - prefix.Length), out var rollout) && rollout.Thread == thread)
                return true;
        }
        return false;
    }

    // Read forward only, and only a little of it.
    sealed class GzipSource(string path) : RolloutSource
    {
        readonly GZipStream _stream = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), CompressionMode.Decompress);
        long _position;

        public override int Read(Span<byte> buffer, long offset)
        {
            if (offset != _position)
                return 0;
            try
            {
                var read = _stream.Read(buffer);
                _position += read;
                return read;
            }
            catch (InvalidDataException)
            {
                return 0;
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) => new(Read(buffer.Span, offset));

        public override void Dispose() => _stream.Dispose();
    }
}
