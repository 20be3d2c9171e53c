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
        # before 4.4 bash sorts what is offered
        complete -o default -o nosort -F _spool spool 2>/dev/null || complete -o default -F _spool spool

        """;

    const string Zsh = """
        #compdef spool
        _spool() {
            local -a found offered shown
            # of the command at the cursor, and not of the whole line
            local typed="${(j: :)${(@)words[1,CURRENT-1]}} $QIPREFIX$PREFIX"
            found=("${(@f)$(spool complete --describe -- "$typed" 2>/dev/null)}")
            if [[ -z "$found" ]]; then
                [[ "$PREFIX" == --(FILE_OPTIONS)=* ]] && compset -P '*='
                _files
                return
            fi
            offered=("${(@)found%%$'\t'*}")
            shown=("${(@)found/$'\t'/  }")
            compadd -l -V spool -d shown -a offered
        }
        # a file of fpath is loaded by the first use of the function, which is this one
        if [[ "$funcstack[1]" == _spool ]]; then _spool "$@"; else compdef _spool spool; fi

        """;

    const string Fish = """
        function __spool_complete
            set -l found (spool complete --describe -- (commandline -cp) 2>/dev/null)
            if set -q found[1]
                printf '%s\n' $found
                return
            end
            set -l typed (commandline -ct)
            switch $typed
                case '--*=*'
                    set -l parts (string split -m 1 = -- $typed)
                    if string match -qr '^--(FILE_OPTIONS)$' -- $parts[1]
                        printf "$parts[1]=%s\n" (__fish_complete_path $parts[2])
                    end
                case '*'
                    __fish_complete_path $typed
            end
        end
        complete -c spool -f -k -a '(__spool_complete)'

        """;

    readonly CommandContext _context;
    readonly Command _root;
    readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionCommand(CommandContext context, Command root)
        : base("completion", "Print the script that lets a shell complete spool's commands and options")
    {
        _context = context;
        _root = root;
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
                    "zsh" => WithFileOptions(Zsh),
                    _ => WithFileOptions(Fish),
                }
            )
        );
        _context.Output.Flush();
        return ExitCodes.Success;
    }

    // The options that take a path, behind which = stands before it; these shells take it for a part of the word.
    string WithFileOptions(string script) =>
        script.Replace(
            "FILE_OPTIONS",
            string.Join(
                '|',
                _root
                    .Options.Concat(_root.Subcommands.SelectMany(command => command.Options))
                    .Where(option => option.HelpName is "FILE" or "DIR")
                    .Select(option => option.Name.TrimStart('-'))
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            ),
            StringComparison.Ordinal
        );
}
