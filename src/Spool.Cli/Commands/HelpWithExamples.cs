using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Spool.Cli;

/// <summary>Prints a command's help and its examples.</summary>
/// <param name="help">Prints the help.</param>
/// <param name="global">The options of every command.</param>
sealed class HelpWithExamples(HelpAction help, GlobalOptions global) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        global.OfferFor(parseResult.CommandResult.Command);
        var output = parseResult.InvocationConfiguration.Output;
        var code = PrintHelp(parseResult, output);
        if (parseResult.CommandResult.Command is not IHasExamples { Examples: { Count: > 0 } examples })
            return code;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine("  " + example);
        output.WriteLine();
        return code;
    }

    // The library leaves the blank at which it breaks a line.
    int PrintHelp(ParseResult parseResult, TextWriter output)
    {
        using var text = new StringWriter { NewLine = "\n" };
        parseResult.InvocationConfiguration.Output = text;
        var code = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd(' '))));
        return code;
    }
}
