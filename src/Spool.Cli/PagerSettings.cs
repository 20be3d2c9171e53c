namespace Spool.Cli;

/// <summary>Which program shows what is longer than a terminal, as the environment says.</summary>
sealed record PagerSettings
{
    public const string OwnVariable = "SPOOL_PAGER";
    public const string UsualVariable = "PAGER";
    public const string LessVariable = "LESS";
    public const string LvVariable = "LV";

    /// <summary>Gets the command, for a shell.</summary>
    public required string Command { get; init; }

    /// <summary>Gets the variables that the pager gets besides those that there are.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the environment as git does: <c>SPOOL_PAGER</c>, else <c>PAGER</c>, else <c>less</c>; an empty one, or <c>cat</c>, is
    /// none. <c>LESS</c> and <c>LV</c>, where they are not set, let colours through and end <c>less</c> when everything fits.</summary>
    /// <param name="variable">Gives the value of a variable, or null when it is not set.</param>
    /// <returns>The settings, or null when there is no pager.</returns>
    public static PagerSettings? Of(Func<string, string?> variable)
    {
        var command = (variable(OwnVariable) ?? variable(UsualVariable) ?? "less").Trim();
        if (command is "" or "cat")
            return null;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (variable(LessVariable) is null)
            variables.Add(LessVariable, "FRX");
        if (variable(LvVariable) is null)
            variables.Add(LvVariable, "-c");
        return new PagerSettings { Command = command, Variables = variables };
    }
}
