using System.Text.RegularExpressions;

namespace Spool.Server;

/// <summary>The paths of sub-agents, as Codex's clients accept them. They refuse a whole answer for one that they do not.</summary>
static partial class AgentPaths
{
    /// <summary>Gives the path when it is valid, else null.</summary>
    public static string? Valid(string? path) => path is not null && Form().IsMatch(path) ? path : null;

    [GeneratedRegex(@"\A(/morpheus|/root(/(?!root(/|\z))[a-z0-9_]+)*)\z")]
    private static partial Regex Form();
}
