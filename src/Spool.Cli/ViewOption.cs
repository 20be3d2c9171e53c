using System.CommandLine;

namespace Spool.Cli;

/// <summary>The option that says which items turns are shown with.</summary>
static class ViewOption
{
    /// <summary>Makes the option.</summary>
    public static Option<string?> Of()
    {
        var option = new Option<string?>("--view")
        {
            Description = "Which items turns have: complete, everything that happened (default); codex, what Codex itself shows",
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "complete", "codex");
        return option;
    }

    /// <summary>Gives the view that was chosen.</summary>
    /// <param name="value">What the option has, or null.</param>
    public static TurnView Chosen(string? value) =>
        "codex".Equals(value, StringComparison.OrdinalIgnoreCase) ? TurnView.Codex : TurnView.Complete;
}
