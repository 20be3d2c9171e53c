namespace Spool;

/// <summary>The statements that are kept as files of their own.</summary>
static class SqlText
{
    /// <summary>Gets the tables and indexes.</summary>
    public static string Schema { get; } = Load("schema.sql");

    static string Load(string name)
    {
        using var stream =
            typeof(SqlText).Assembly.GetManifestResourceStream("Spool.Local.Index.Sql." + name)
            ?? throw new InvalidOperationException($"The statement {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
