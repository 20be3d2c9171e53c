using System.Text.Json;

namespace Spool;

/// <summary>Everything Codex's own files know of the threads of a home, read when it is first needed.</summary>
sealed class CodexKnowledge
{
    readonly Lazy<Dictionary<ThreadId, string>> _names;
    readonly Lazy<Dictionary<ThreadId, CodexThreadRow>?> _rows;
    readonly bool _hasDatabase;

    /// <summary>Looks at the files' stamps and reads nothing yet.</summary>
    public CodexKnowledge(HomeLayout layout, CodexStateFiles files)
    {
        var database = files.Stamp();
        _hasDatabase = database.Database != FileStamp.None;
        Stamp = $"{database} {FileStat.TryGet(layout.SessionIndex)}";
        _names = new(() => SessionIndexFile.Read(layout.SessionIndex));
        _rows = new(() => files.Read(CodexStateReader.ReadAll));
    }

    /// <summary>Gets what changes whenever any of the files does.</summary>
    public string Stamp { get; }

    /// <summary>Gets whether the files could be read. If Codex's database is there but cannot be read now, what it said before still holds.</summary>
    public bool CanRefresh => _rows.Value is not null || !_hasDatabase;

    /// <summary>Gives what is known of a thread.</summary>
    public CodexOverlay Of(ThreadId thread)
    {
        var row = _rows.Value?.GetValueOrDefault(thread);
        var name = _names.Value.GetValueOrDefault(thread);
        return row is null && name is null ? CodexOverlay.None : new CodexOverlay(row, name);
    }

    /// <summary>Gives what is known of a thread as the index stores it.</summary>
    public string JsonOf(ThreadId thread) => JsonSerializer.Serialize(Of(thread), IndexJson.Default.CodexOverlay);
}
