using System.Text.Json;

namespace Spool;

/// <summary>Everything Codex's own files know of the threads of a home, read when it is first needed.</summary>
sealed class CodexKnowledge
{
    const string WithoutRows = "without rows ";
    const string WithoutNames = "without names ";

    /// <summary>The name under which the index keeps the stamp of what it took over.</summary>
    public const string MetaName = "codex";

    readonly HomeLayout _layout;
    readonly CodexDatabases _databases;
    readonly string _scratchFolder;
    readonly CodexStateFiles _files;
    readonly int _most;
    readonly Lazy<Dictionary<ThreadId, string>?> _names;
    readonly Lazy<Dictionary<ThreadId, CodexThreadRow>?> _rows;
    readonly Dictionary<ThreadId, Finding> _single = [];
    readonly bool _hasDatabase;

    /// <summary>Looks at the files' stamps and reads nothing yet.</summary>
    /// <param name="layout">The home.</param>
    /// <param name="databases">Where Codex's databases are.</param>
    /// <param name="scratchFolder">Where they may be copied.</param>
    /// <param name="single">For how many threads their own rows and names are read; for more of them everything is.</param>
    public CodexKnowledge(HomeLayout layout, CodexDatabases databases, string scratchFolder, int single = 0)
    {
        _most = single;
        (_layout, _databases, _scratchFolder) = (layout, databases, scratchFolder);
        _files = new CodexStateFiles(databases.State, scratchFolder);
        (Stamp, _hasDatabase) = StampNow();
        _names = new(() => SessionIndexFile.Read(layout.SessionIndex));
        _rows = new(() => _files.Read(connection => CodexStateReader.Read(connection, null)));
    }

    /// <summary>Gets what changes whenever any of the files does.</summary>
    public string Stamp { get; }

    /// <summary>Gets whether the files are still as they were when this was made.</summary>
    public bool IsCurrent => StampNow().Stamp == Stamp;

    /// <summary>Looks at the files again.</summary>
    public CodexKnowledge Renew() => new(_layout, _databases, _scratchFolder, _most);

    /// <summary>Gets what to store as the stamp of what could be read. While a file is there but cannot be read it differs, and what the
    /// file said before still holds.</summary>
    public string StampOfRead => (HasRows ? "" : WithoutRows) + (HasNames ? "" : WithoutNames) + Stamp;

    /// <summary>Says whether a stamp of what could be read is still true: of files that are as they were only those are tried again that
    /// could not be read.</summary>
    public bool IsStill(string? seen) =>
        seen == Stamp
        || seen is not null
            && seen.EndsWith(Stamp, StringComparison.Ordinal)
            && seen[..^Stamp.Length] is var without
            && !(without.Contains(WithoutNames, StringComparison.Ordinal) && HasNames)
            && !(without.Contains(WithoutRows, StringComparison.Ordinal) && HasRows);

    /// <summary>Gets the stamp of what was said of single threads: empty when not all could be read, or when the files changed
    /// meanwhile.</summary>
    public string StampOfSaid => IsIncomplete || !IsCurrent ? "" : Stamp;

    /// <summary>Says whether a stamp is of one state of files that could all be read, so that an equal stamp means an equal
    /// answer.</summary>
    public static bool IsWhole(string? stamp) =>
        stamp is { Length: > 0 }
        && !stamp.StartsWith(WithoutRows, StringComparison.Ordinal)
        && !stamp.StartsWith(WithoutNames, StringComparison.Ordinal);

    /// <summary>Gets what of the files could not be read, as far as it was tried.</summary>
    public IReadOnlyList<StoreProblem> Problems
    {
        get
        {
            var problems = new List<StoreProblem>();
            if (_databases.AreSettingsUnreadable)
                problems.Add(CodexProblems.OfSettings(_layout));
            if (_databases.Named is { } folder && FileStat.KindOf(folder) is not (PlaceKind.Folder or PlaceKind.Unknown))
                problems.Add(CodexProblems.OfFolder(_layout, folder));
            if (_names.IsValueCreated && !HasNames)
                problems.Add(CodexProblems.OfNames(_layout));
            if (_rows.IsValueCreated && !HasRows)
                problems.Add(CodexProblems.OfDatabase(_layout, _databases));
            return problems;
        }
    }

    /// <summary>Gets whether a file could not be read when it was asked about a thread, so that more may be known of that.</summary>
    public bool IsIncomplete { get; private set; }

    bool HasRows => _rows.Value is not null || !_hasDatabase;

    bool HasNames => _names.Value is not null;

    /// <summary>Gives what is known of a thread.</summary>
    public CodexOverlay Of(ThreadId threadId) => Find(threadId).Overlay;

    /// <summary>Gives what is known of a thread as the index stores it.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="before">What was known before.</param>
    public string JsonOf(ThreadId threadId, string before)
    {
        var (now, hasRows, hasNames) = Find(threadId);
        if (!(hasRows && hasNames) && JsonSerializer.Deserialize(before, IndexJsonContext.Compact.CodexOverlay) is { } known)
            now = new CodexOverlay(hasRows ? now.Row : known.Row, hasNames ? now.IndexName : known.IndexName);
        return JsonSerializer.Serialize(now, IndexJsonContext.Compact.CodexOverlay);
    }

    Finding Find(ThreadId threadId)
    {
        if (_single.TryGetValue(threadId, out var known))
            return known;
        var isSingle = _single.Count < _most && !_rows.IsValueCreated;
        var rows = isSingle ? _files.Read(connection => CodexStateReader.Read(connection, threadId)) : _rows.Value;
        var row = rows?.GetValueOrDefault(threadId);
        var names = isSingle ? SessionIndexFile.Read(_layout.SessionIndex, threadId) : _names.Value;
        var name = names?.GetValueOrDefault(threadId);
        var found = new Finding(
            row is null && name is null ? CodexOverlay.None : new CodexOverlay(row, name),
            rows is not null || !_hasDatabase,
            names is not null
        );
        IsIncomplete |= !found.HasRows || !found.HasNames;
        if (isSingle)
            _single.Add(threadId, found);
        return found;
    }

    (string Stamp, bool HasDatabase) StampNow()
    {
        var database = _files.Stamp();
        var other = database.Database == FileStamp.None ? Other(_databases.State) : "";
        var names = FileStat.TryGet(_layout.SessionIndex);
        return (
            $"{database}{other} {names}{(names is null ? Other(_layout.SessionIndex) : "")} {_databases.Named}",
            database.Database != FileStamp.None || other.Length > 0
        );
    }

    // What is there and no file: a folder, a pipe, a link to nowhere, or what may not be looked at.
    static string Other(string path) =>
        FileStat.KindOf(path) is var kind and not (PlaceKind.Nothing or PlaceKind.File) ? kind.ToString() : "";

    readonly record struct Finding(CodexOverlay Overlay, bool HasRows, bool HasNames);
}
