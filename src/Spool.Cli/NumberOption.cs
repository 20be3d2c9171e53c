using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Spool.Cli;

/// <summary>Makes options that take a whole number, and say so in words when they are given something else.</summary>
static class NumberOption
{
    /// <summary>Makes an option with a default.</summary>
    public static Option<int> Of(string name, int usual, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result) ?? 0,
        };

    /// <summary>Makes an option without one.</summary>
    public static Option<int?> Of(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = Parse,
        };

    static int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        // Digits, as people write them; a minus is let through to what says which numbers are allowed.
        if (!text.StartsWith('+') && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} takes a whole number, not {UsageErrors.Quote(text)}.");
        return null;
    }
}
