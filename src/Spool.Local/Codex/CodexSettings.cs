using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Serialization;

namespace Spool;

/// <summary>What the settings of a home say about Codex's databases. They are read again when the file changed.</summary>
/// <remarks>
/// As every release looks for them: <c>sqlite_home</c> in the home's <c>config.toml</c>, then <c>CODEX_SQLITE_HOME</c>, then the home. In
/// the file a relative path belongs to the home, and <c>~</c> is the user's folder. Settings that Codex could not load count as none. The
/// cost is a look or two at the file's stamp a call.
/// </remarks>
sealed class CodexSettings(HomeLayout layout, LocalThreadStoreOptions options)
{
    /// <summary>The name of the file in the home.</summary>
    public const string FileName = "config.toml";

    const string Key = "sqlite_home";
    const long MaxBytes = 16 * 1024 * 1024;

    Reading? _last;

    string File => layout.Absolute(FileName);

    /// <summary>Says where the databases are now.</summary>
    public CodexDatabases Databases()
    {
        var stamp = FileStat.TryGet(File);
        // a folder, a link to nowhere, or what may not be looked at
        var isSomethingElse = stamp is null && FileStat.KindOf(File) != PlaceKind.Nothing;
        if (Volatile.Read(ref _last) is { } last && last.Stamp == stamp && last.IsSomethingElse == isSomethingElse)
            return last.Databases;
        var databases = Read(stamp, isSomethingElse);
        Volatile.Write(ref _last, new Reading(stamp, isSomethingElse, databases));
        return databases;
    }

    CodexDatabases Read(FileStamp? stamp, bool isSomethingElse)
    {
        var otherwise = new CodexDatabases(layout, options.CodexSqliteHome);
        if (stamp is null)
            return otherwise with { AreSettingsUnreadable = isSomethingElse };
        try
        {
            if (stamp.Value.Size > MaxBytes)
                throw new FormatException("The settings are too large.");
            return ValueIn(Text()) is { } value ? new CodexDatabases(layout, FolderOf(value)) : otherwise;
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            return otherwise; // deleted at this moment
        }
        catch (Exception e) when (e is TomlException or FormatException or ArgumentException || DiskErrors.IsOfFile(e))
        {
            return otherwise with { AreSettingsUnreadable = true };
        }
    }

    string Text()
    {
        using var text = new StreamReader(RegularFile.OpenStream(File));
        return text.ReadToEnd();
    }

    // All of the file is read: one that is damaged further down is one that Codex does not load.
    static string? ValueIn(string toml)
    {
        SyntaxParser.ParseStrict(toml); // the reader of tokens lets tables and keys be there twice
        string? value = null;
        var reader = TomlReader.Create(toml);
        for (var depth = 0; reader.Read(); )
        {
            depth += reader.TokenType switch
            {
                TomlTokenType.StartTable or TomlTokenType.StartArray => 1,
                TomlTokenType.EndTable or TomlTokenType.EndArray => -1,
                _ => 0,
            };
            if (depth != 1 || reader.TokenType != TomlTokenType.PropertyName || reader.PropertyName != Key)
                continue;
            if (value is not null || !reader.Read() || reader.TokenType != TomlTokenType.String)
                throw new FormatException("The setting is not one path.");
            value = reader.GetString();
        }
        return value;
    }

    string FolderOf(string value)
    {
        if (value != "~" && !value.StartsWith("~/", StringComparison.Ordinal))
            return Path.GetFullPath(value, layout.Home); // empty means the home
        var user = options.UserFolder ?? throw new FormatException("The user's folder is not known.");
        return Path.GetFullPath(Path.Join(user, value[1..]));
    }

    sealed record Reading(FileStamp? Stamp, bool IsSomethingElse, CodexDatabases Databases);
}
