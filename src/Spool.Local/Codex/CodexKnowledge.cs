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
    readonly Lazy<Dictionary<ThreadId, string>> _names;
    readonly Lazy<Dictionary<ThreadId, CodexThreadRow>?> _rows;
    readonly bool _hasDatabase;

    /// <summary>Looks at the files' stamps and reads nothing yet.</summary>
    public CodexKnowledge(HomeLayout layout, CodexDatabases databases, string scratchFolder)
    {
        (_layout, _databases, _scratchFolder) = (layout, databases, scratchFolder);
        _files = new CodexStateFiles(databases.State, scratchFolder);
        (Stamp, _hasDatabase) = StampNow();
        _names = new(() => SessionIndexFile.Read(layout.SessionIndex));
        _rows = new(() => _files.Read(CodexStateReader.ReadAll));
    }

    /// <summary>Gets what changes whenever any of the files does.</summary>
    public string Stamp { get; }

    /// <summary>Gets whether the files are still as they were when this was made.</summary>
    public bool IsCurrent => StampNow().Stamp == Stamp;

    /// <summary>Looks at the files again.</summary>
    public CodexKnowledge Renew() => new(_layout, _databases, _scratchFolder);

    /// <summary>Gets what to store as the stamp of what could be read. While the database is there but cannot be read it differs, and what the rows said before still holds.</summary>
    public string StampOfRead => HasRows ? Stamp : "without rows " + Stamp;

    bool HasRows => _rows.Value is not null || !_hasDatabase;

    /// <summary>Gives what is known of a thread.</summary>
    public CodexOverlay Of(ThreadId thread)
    {
        var row = _rows.Value?.GetValueOrDefault(thread);
        var name = _names.Value.GetValueOrDefault(thread);
        return row is null && name is null ? CodexOverlay.None : new CodexOverlay(row, name);
    }

    /// <summary>Gives what is known of a thread as the index stores it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="before">What was known before.</param>
    public string JsonOf(ThreadId thread, string before)
    {
        var now = Of(thread);
        if (!HasRows && JsonSerializer.Deserialize(before, IndexJsonContext.Compact.CodexOverlay) is { Row: { } row })
            now = now with { Row = row };
        return JsonSerializer.Serialize(now, IndexJsonContext.Compact.CodexOverlay);
    }

    (string Stamp, bool HasDatabase) StampNow()
    {
        var database = _files.Stamp();
        return ($"{database} {FileStat.TryGet(_layout.SessionIndex)} {_databases.Named}", database.Database != FileStamp.None);
    }
}
