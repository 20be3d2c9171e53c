using System.CommandLine;
using System.Text;

namespace Spool.Cli;

/// <summary><c>spool completion</c>: the script that makes a shell complete <c>spool</c>.</summary>
sealed class CompletionCommand : Command, IHasExamples
{
    const string Bash = """
        _spool() {
            local word quoted typed="${COMP_LINE:0:COMP_POINT}"
            typed="${typed##* }"
            COMPREPLY=()
            while IFS= read -r word || [[ -n "$word" ]]; do
                # bash replaces only what is behind the last = or : of a word
                word="${word#"${typed%"$2"}"}"
                # what a log holds is a word, and nothing that the shell carries out
                quoted="$word"
                [[ "$word" == *[!A-Za-z0-9_@%+=:,./-]* ]] && printf -v quoted %q "$word"
                case "$typed" in
                    *[\"\']*) [[ "$quoted" == "$word" ]] && COMPREPLY+=("$word") ;;
                    *) COMPREPLY+=("$quoted") ;;
                esac
            done < <(spool complete --position "$COMP_POINT" -- "$COMP_LINE" 2>/dev/null)
        }
        complete -o default -F _spool spool

        """;

    const string Zsh = """
        #compdef spool
        _spool() {
            local -a found words shown
            found=("${(@f)$(spool complete --describe --position "$CURSOR" -- "$BUFFER" 2>/dev/null)}")
            if [[ -z "$found" ]]; then _files; return; fi
            words=("${(@)found%%$'\t'*}")
            shown=("${(@)found/$'\t'/  }")
            compadd -l -d shown -a words
        }
        compdef _spool spool

        """;

    const string Fish = """
        complete -c spool -a '(spool complete --describe -- (commandline -cp) 2>/dev/null)'

        """;

    readonly CommandContext _context;
    readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionCommand(CommandContext context)
        : base("completion", "Print the script that lets a shell complete spool's commands and options")
    {
        _context = context;
        _shell.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "bash", "zsh", "fish");
        Arguments.Add(_shell);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "source <(spool completion bash)",
        "spool completion zsh > ~/.zfunc/_spool",
        "spool completion fish > ~/.config/fish/completions/spool.fish",
    ];

    int Run(ParseResult line)
    {
        _context.Output.Write(
            Encoding.UTF8.GetBytes(
                line.GetRequiredValue(_shell).ToLowerInvariant() switch
                {
                    "bash" => Bash,
                    "zsh" => Zsh,
                    _ => Fish,
                }
            )
        );
        _context.Output.Flush();
        return ExitCodes.Success;
    }
}
