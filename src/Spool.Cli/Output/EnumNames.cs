namespace Spool.Cli;

/// <summary>Spells the values of enums as JSON does.</summary>
static class EnumNames
{
    /// <summary>Gives a name in camelCase.</summary>
    public static string Camel<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return string.Concat([char.ToLowerInvariant(name[0])], name.AsSpan(1));
    }
}
