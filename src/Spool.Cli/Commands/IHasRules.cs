using System.CommandLine;

namespace Spool.Cli;

/// <summary>A command with rules about several of its words together.</summary>
interface IHasRules
{
    /// <summary>Gives what is wrong, as a sentence, or null when nothing is.</summary>
    /// <param name="line">A command line of which each word alone is right: every option has its value.</param>
    string? Problem(ParseResult line);
}
