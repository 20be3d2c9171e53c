using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;

namespace Spool.Cli;

/// <summary><c>spool export</c>: a whole thread, as stored or to read.</summary>
sealed class ExportCommand : StoreCommand
{
    // Turns can be large; few of them at a time keep the memory bounded.
    const int TurnsPerPage = 20;

    static readonly string[] Formats = ["jsonl", "json", "md", "html"];

    readonly Argument<string> _id = IdArgument();
    readonly Option<string?> _format = new("--format")
    {
        Description =
            "jsonl: the stored lines, byte for byte; json: thread and turns; md, html: to read (default: what the name of the file ends with)",
    };
    readonly Option<string?> _output = new("--output") { Description = "The file to write (default: standard output)", HelpName = "FILE" };
    readonly Option<bool> _force = new("--force") { Description = "Replace the file if it exists" };

    public ExportCommand(CommandContext context, GlobalOptions global)
        : base("export", "Export a whole thread", context, global)
    {
        _format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Formats);
        _format.Aliases.Add("-f");
        _output.Aliases.Add("-o");
        Arguments.Add(_id);
        Options.Add(_format);
        Options.Add(_output);
        Options.Add(_force);
        Validators.Add(line =>
        {
            if (line.GetResult(_format) is null && FormatOf(line) is null)
                line.AddError(
                    $"Give --format {string.Join(", ", Formats[..^1])} or {Formats[^1]}, or an --output that ends so, such as thread.md."
                );
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
    ["spool export last --output thread.md", "spool export 01a20428-d3ad-73a1-92e6-c2af64741e38 --format jsonl | wc -l"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var thread = await FindAsync(store, await NamedAsync(store, line.GetRequiredValue(_id), cancellationToken), cancellationToken);
        var format = FormatOf(line.CommandResult)!;
        if (format != "jsonl")
            await RequireReadableAsync(store, thread, cancellationToken);
        if (line.GetValue(_output) is { } name and not "-")
            await ExportToFileAsync(
                store,
                thread,
                format,
                Context.Resolve(name),
                line.GetValue(_force) ? ExistingFile.Replace : ExistingFile.Refuse,
                cancellationToken
            );
        else
        {
            await ExportAsync(store, thread, format, BeginOutput(), cancellationToken);
            await Context.Output.FlushAsync(cancellationToken);
        }
        return ExitCodes.Success;
    }

    // What is said holds, and not the name of the file.
    string? FormatOf(CommandResult line) =>
        line.GetValue(_format)?.ToLowerInvariant()
        ?? Formats.FirstOrDefault(format =>
            Path.GetExtension(line.GetValue(_output))?.Equals("." + format, StringComparison.OrdinalIgnoreCase) == true
        );

    async Task ExportToFileAsync(
        IThreadStore store,
        StoredThread thread,
        string format,
        string target,
        ExistingFile existing,
        CancellationToken cancellationToken
    )
    {
        await using var file = OutputFile.Create(target, existing);
        try
        {
            await ExportAsync(store, thread, format, file.Stream, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Corrupt && format == "jsonl")
        {
            // What could be read of a damaged log is worth keeping, but not under the name of a complete export.
            if (file.Stream.Length == 0)
                throw;
            throw e.Again($"{e.Message} {KeepPartial(file)}");
        }
        file.Commit();
    }

    static string KeepPartial(OutputFile file)
    {
        try
        {
            return $"What could be read is in {file.KeepPartial()}.";
        }
        catch (ThreadStoreException e)
        {
            return $"What could be read was not kept. {e.Message}";
        }
    }

    async Task ExportAsync(IThreadStore store, StoredThread thread, string format, Stream output, CancellationToken cancellationToken)
    {
        if (format != "jsonl")
        {
            await WriteTranscriptAsync(store, thread, format, output, cancellationToken);
            return;
        }
        if (store.GetService<IStoredBytes>() is not { } log)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "This store cannot give back a thread byte for byte; export it as json."
            );
        try
        {
            await log.CopyLogAsync(thread.Id, output, cancellationToken);
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None);
        }
    }

    async Task WriteTranscriptAsync(
        IThreadStore store,
        StoredThread thread,
        string format,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        // The first page comes before the first byte: a thread without turns to show is refused, not half exported.
        await using var turns = store
            .EnumerateAsync(new ListTurnsRequest(thread.Id) { Limit = TurnsPerPage }, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        var hasTurn = await turns.MoveNextAsync();
        var path = (await LocateAsync(store, [thread], cancellationToken)).GetValueOrDefault(thread.Id);
        await using var text = new StreamWriter(output, new UTF8Encoding(false), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\n" };
        await using var json = new Utf8JsonWriter(output, JsonOutput.Options);
        ITranscript transcript = format switch
        {
            "json" => new JsonTranscript(json, output),
            "html" => new HtmlTranscript(text, Context.Time, new LeftOut(thread.Id, Context.Hints)),
            _ => new MarkdownTranscript(text, Context.Time, new LeftOut(thread.Id, Context.Hints)),
        };
        transcript.Begin(thread, path);
        for (; hasTurn; hasTurn = await turns.MoveNextAsync())
            transcript.Add(turns.Current);
        transcript.End();
    }
}
