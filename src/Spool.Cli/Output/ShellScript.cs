using System.Text;

namespace Spool.Cli;

/// <summary>Finds the script in the command of a shell: logs hold <c>bash -lc 'git log'</c>, of which a person reads
/// <c>git log</c>.</summary>
static class ShellScript
{
    static readonly HashSet<string> Usual = new(["bash", "sh", "zsh"], StringComparer.Ordinal);
    static readonly HashSet<string> Shells = new([.. Usual, "dash", "ksh", "fish", "pwsh", "powershell"], StringComparer.Ordinal);
    static readonly HashSet<string> Flags = new(["-c", "-lc", "-ic", "-lic", "-ilc", "-Command", "-command"], StringComparer.Ordinal);

    /// <summary>Gives the script, and the shell with its flags where that is not one of the usual ones; of any other command the command
    /// itself.</summary>
    public static (string Script, string? Shell) Of(string command)
    {
        if (Words(command) is not [var program, .. var flags, var script])
            return (command, null);
        var name = program[(program.LastIndexOfAny(['/', '\\']) + 1)..];
        name = name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4].ToLowerInvariant() : name;
        if (
            !Shells.Contains(name)
            || flags is not [.., var last]
            || !Flags.Contains(last)
            || flags.Any(flag => flag is not ['-', ..])
            || string.IsNullOrWhiteSpace(script)
        )
            return (command, null);
        return (script, Usual.Contains(name) && flags is ["-c" or "-lc"] ? null : $"{program} {string.Join(' ', flags)}");
    }

    // The words as a shell has them, without the quotes around them; null when a quote is open, or when the command is more than words.
    static List<string>? Words(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var at = 0; at < command.Length; at++)
        {
            switch (command[at])
            {
                case ' ' or '\t' or '\n':
                    if (word is not null)
                        words.Add(word.ToString());
                    word = null;
                    break;
                case '\'':
                    if (command.IndexOf('\'', at + 1) is not (>= 0 and var end))
                        return null;
                    (word ??= new StringBuilder()).Append(command, at + 1, end - at - 1);
                    at = end;
                    break;
                case '"':
                    word ??= new StringBuilder();
                    for (at++; ; at++)
                    {
                        if (at >= command.Length)
                            return null;
                        if (command[at] == '"')
                            break;
                        if (command[at] == '\\' && at + 1 < command.Length && command[at + 1] is '"' or '\\' or '$' or '`')
                            at++;
                        else if (command[at] is '$' or '`')
                            return null;
                        word.Append(command[at]);
                    }
                    break;
                case '\\' when at + 1 < command.Length:
                    (word ??= new StringBuilder()).Append(command[++at]);
                    break;
                case '|' or '&' or ';' or '<' or '>' or '(' or ')' or '$' or '`':
                    return null;
                default:
                    (word ??= new StringBuilder()).Append(command[at]);
                    break;
            }
        }
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }
}
