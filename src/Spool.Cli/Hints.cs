using System.CommandLine;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Commands for a person to paste: they work where this one does, because they repeat its options of every command.</summary>
sealed partial class Hints
{
    string _options = "";
    bool _isOfServer;

    /// <summary>Takes the options that a command line gives. Said once, before anything is said to a person.</summary>
    public void Repeat(ParseResult line, GlobalOptions global, CommandContext context)
    {
        _isOfServer = line.GetResult(global.Remote) is not null || global.RemoteOf(line, context) is not null;
        foreach (var option in global.Everywhere)
        {
            if (line.GetResult(option)?.Tokens is [.., var value])
                _options += $" {option.Name} {ShellText.Quote(SafeText.OneLine(value.Value, int.MaxValue))}";
        }
    }

    /// <summary>Gives a whole command.</summary>
    /// <param name="words">What comes after the name of the program.</param>
    public string Command(string words) => $"spool {words}{_options}";

    /// <summary>Completes the commands in a message of a store, which knows nothing of a command line. What only helps on the machine of a
    /// server says so.</summary>
    public string Complete(string message) =>
        _options.Length == 0 && !_isOfServer
            ? message
            : Mentioned()
                .Replace(
                    message,
                    found =>
                        _isOfServer && found.Groups[1].Value.StartsWith("index", StringComparison.Ordinal)
                            ? $"{found.Value} on the server's machine"
                            : $"'{Command(found.Groups[1].Value)}'"
                );

    [GeneratedRegex("'spool (list|show ID --turns|index rebuild|delete [0-9a-f-]{36})'")]
    private static partial Regex Mentioned();
}
