using System.Text.Json;

namespace Spool;

/// <summary>Everything Codex's own files know of the threads of a home, read when it is first needed.</summary>
sealed class CodexKnowledge
{
    /// <summary>The name under which the index keeps the stamp of what it took over.</summary>
    public const string MetaName = "codex";

    readonly HomeLayout _layout;
    readonly CodexDatabases _databases;
    readonly string _scratchFolder;
    readonly CodexStateFiles _files;
    readonly int _most;
    readonly Lazy<Dictionary<ThreadId, string>> _names;
    readonly Lazy<Dictionary<ThreadId, CodexThreadRow>?> _rows;
    readonly Dictionary<ThreadId, (CodexOverlay Overlay, bool HasRows)> _single = [];
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

    /// <summary>Gets what to store as the stamp of what could be read. While the database is there but cannot be read it differs, and what the rows said before still holds.</summary>
    public string StampOfRead => HasRows ? Stamp : "without rows " + Stamp;

    bool HasRows => _rows.Value is not null || !_hasDatabase;

    /// <summary>Gives what is known of a thread.</summary>
    public CodexOverlay Of(ThreadId thread) => Find(thread).Overlay;

    /// <summary>Gives what is known of a thread as the index stores it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="before">What was known before.</param>
    public string JsonOf(ThreadId thread, string before)
    {
        var (now, hasRows) = Find(thread);
        if (!hasRows && JsonSerializer.Deserialize(before, IndexJsonContext.Compact.CodexOverlay) is { Row: { } row })
            now = now with { Row = row };
        return JsonSerializer.Serialize(now, IndexJsonContext.Compact.CodexOverlay);
    }

    (CodexOverlay Overlay, bool HasRows) Find(ThreadId thread)
    {
        if (_single.TryGetValue(thread, out var known))
            return known;
        var isSingle = _single.Count < _most && !_rows.IsValueCreated;
        var rows = isSingle ? _files.Read(connection => CodexStateReader.Read(connection, thread)) : _rows.Value;
        var row = rows?.GetValueOrDefault(thread);
        var name = isSingle ? SessionIndexFile.NameOf(_layout.SessionIndex, thread) : _names.Value.GetValueOrDefault(thread);
        var found = (row is null && name is null ? CodexOverlay.None : new CodexOverlay(row, name), rows is not null || !_hasDatabase);
        if (isSingle)
            _single.Add(thread, found);
        return found;
    }

    (string Stamp, bool HasDatabase) StampNow()
    {
        var database = _files.Stamp();
        return ($"{database} {FileStat.TryGet(_layout.SessionIndex)} {_databases.Named}", database.Database != FileStamp.None);
    }
}
