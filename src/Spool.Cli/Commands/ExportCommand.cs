using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Spool.Cli;

/// <summary><c>spool export</c>: a whole thread, as stored or to read.</summary>
sealed class ExportCommand : StoreCommand, IHasRules
{
    static readonly string[] Formats = ["jsonl", "json", "md", "html"];

    readonly Argument<string> _id = IdArgument();
    readonly Option<string?> _format = new("--format")
    {
        Description =
            "jsonl: the stored lines, byte for byte; json: thread and turns; md, html: to read (default: what the name of the file ends with)",
    };
    readonly Option<string?> _output = new("--output") { Description = "The file to write (default: standard output)", HelpName = "FILE" };
    readonly Option<bool> _force = new("--force") { Description = "Replace the file if it exists" };

    readonly Option<string?> _images = new("--images")
    {
        Description =
            "Of md and html: pictures inline, as files in NAME.files beside the output, or none, only named (default: inline in html, none in md)",
    };

    readonly Option<string?> _view = ViewOption.Of();
    readonly Option<bool> _rolledBack = new("--rolled-back") { Description = "With the items of turns that were taken back" };

    public ExportCommand(CommandContext context, GlobalOptions global)
        : base("export", "Export a whole thread", context, global)
    {
        _format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Formats);
        _format.Aliases.Add("-f");
        _output.Aliases.Add("-o");
        Arguments.Add(_id);
        Options.Add(_format);
        Options.Add(_output);
        _images.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "inline", "files", "none");
        Options.Add(_force);
        Options.Add(_images);
        Options.Add(_view);
        Options.Add(_rolledBack);
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line)
    {
        var images = line.GetValue(_images)?.ToLowerInvariant();
        return FormatOf(line) switch
        {
            null when FolderOf(line) is { } folder => $"{folder} is a folder; give a file, such as {folder.TrimEnd('/')}/thread.md.",
            null => $"Give --format {string.Join(", ", Formats[..^1])} or {Formats[^1]}, or an --output that ends so, such as thread.md.",
            "jsonl" when line.GetResult(_view) is not null || line.GetValue(_rolledBack) =>
                "jsonl is the stored lines, all of them; --view and --rolled-back are for json, md and html.",
            _ when line.GetValue(_rolledBack) && ViewOption.Chosen(line.GetValue(_view)) == TurnView.Codex =>
                "Codex's view has no turns that were taken back; --rolled-back is for the complete view.",
            "jsonl" or "json" when images is not null => "--images is for md and html; json and jsonl hold what the log holds.",
            _ when images == "files" && line.GetValue(_output) is null or "-" =>
                "--images files writes them beside a file: give --output FILE.",
            _ => null,
        };
    }

    public override IReadOnlyList<string> Examples { get; } =
    ["spool export last --output thread.md", "spool export 01a20428-d3ad-73a1-92e6-c2af64741e38 --format jsonl | wc -l"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var thread = await FindAsync(store, await NamedAsync(store, line.GetRequiredValue(_id), cancellationToken), cancellationToken);
        var format = FormatOf(line)!;
        if (format != "jsonl")
            await RequireReadableAsync(store, thread, cancellationToken);
        if (line.GetValue(_output) is { } name and not "-")
        {
            var target = Context.Resolve(name);
            var existing = line.GetValue(_force) ? ExistingFile.Replace : ExistingFile.Refuse;
            await ExportToFileAsync(store, thread, FormOf(line, format, target), target, existing, cancellationToken);
        }
        else
        {
            await ExportAsync(store, thread, FormOf(line, format, target: null), BeginOutput(), cancellationToken);
            await Context.Output.FlushAsync(cancellationToken);
        }
        return ExitCodes.Success;
    }

    ExportForm FormOf(ParseResult line, string format, string? target) =>
        new(format, PicturesOf(line, format, target))
        {
            View = ViewOption.Chosen(line.GetValue(_view)),
            WithRolledBack = line.GetValue(_rolledBack),
        };

    IPictures PicturesOf(ParseResult line, string format, string? target) =>
        line.GetValue(_images)?.ToLowerInvariant() switch
        {
            "files" => new FilePictures(target!),
            "inline" => new InlinePictures(),
            null when format == "html" => new InlinePictures(),
            _ => new NoPictures(),
        };

    string? FolderOf(ParseResult line) =>
        line.GetValue(_output) is { } name && (name.EndsWith('/') || Directory.Exists(Context.Resolve(name)))
            ? SafeText.OneLine(name, int.MaxValue)
            : null;

    // What is said holds, and not the name of the file.
    string? FormatOf(ParseResult line) =>
        line.GetValue(_format)?.ToLowerInvariant()
        ?? Formats.FirstOrDefault(format =>
            Path.GetExtension(line.GetValue(_output))?.Equals("." + format, StringComparison.OrdinalIgnoreCase) == true
        );

    async Task ExportToFileAsync(
        IThreadStore store,
        StoredThread thread,
        ExportForm form,
        string target,
        ExistingFile existing,
        CancellationToken cancellationToken
    )
    {
        await using var file = OutputFile.Create(target, existing);
        try
        {
            var turns = await ExportAsync(store, thread, form, file.Stream, cancellationToken);
            var size = file.Stream.Length;
            file.Commit();
            if (Context.ErrorScreen.IsTerminal)
                Context.Say(
                    $"Wrote {target}: {Sizes.Of(size)}{(turns is { } count ? $", {ThreadLinks.Count(count, "turn", "turns")}" : "")}{(form.Pictures.Words is { Length: > 0 } pictures ? ", " + pictures : "")}."
                );
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Corrupt && form.Format == "jsonl")
        {
            // What could be read of a damaged log is worth keeping, but not under the name of a complete export.
            if (file.Stream.Length == 0)
                throw;
            throw e.Again($"{e.Message} {KeepPartial(file)}");
        }
        catch
        {
            (form.Pictures as FilePictures)?.Remove();
            throw;
        }
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

    // Gives the number of turns, where it is turns that are exported.
    async Task<int?> ExportAsync(
        IThreadStore store,
        StoredThread thread,
        ExportForm form,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        if (form.Format != "jsonl")
        {
            return await WriteTranscriptAsync(store, thread, form, output, cancellationToken);
        }
        if (store.GetService<IStoredBytes>() is not { } log)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "This store cannot give back a thread byte for byte; export it as json."
            );
        try
        {
            await log.CopyLogAsync(thread.Id, output, cancellationToken);
            return null;
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None);
        }
    }

    async Task<int> WriteTranscriptAsync(
        IThreadStore store,
        StoredThread thread,
        ExportForm form,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        var mark = await LogMark.TakeAsync(store, thread.Id, cancellationToken);
        // The first page comes before the first byte: a thread without turns to show is refused, not half exported.
        var request = new ListTurnsRequest(thread.Id) { View = form.View, WithRolledBack = form.WithRolledBack };
        await using var pages = new TurnPages(store);
        await using var turns = pages.EnumerateAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var hasTurn = await turns.MoveNextAsync();
        var path = (await LocateAsync(store, [thread], cancellationToken)).GetValueOrDefault(thread.Id);
        var ofPage = new Hints(); // a page is read elsewhere, where the options of this command mean nothing
        var links = new ThreadLinks(thread, ofPage);
        var isToRead = form.Format != "json";
        if (isToRead)
        {
            await links.FindSourcesAsync(store, cancellationToken);
            await links.FindAgentsAsync(store, cancellationToken);
        }
        await using var text = new StreamWriter(output, new UTF8Encoding(false), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\n" };
        await using var json = new Utf8JsonWriter(output, JsonOutput.Options);
        var leftOut = new LeftOut(thread.Id, ofPage);
        ITranscript transcript = form.Format switch
        {
            "json" => new JsonTranscript(json, output),
            "html" => new HtmlTranscript(text, Context.Time, links, leftOut, form.Pictures),
            _ => new MarkdownTranscript(text, Context.Time, links, leftOut, form.Pictures),
        };
        transcript.Begin(thread, path);
        var written = new InheritedTurns(transcript, thread);
        var count = 0;
        for (; hasTurn; count++)
        {
            var turn = turns.Current;
            if (isToRead)
                await links.FindAsync(store, [turn], cancellationToken);
            hasTurn = await turns.MoveNextAsync();
            written.Add(turn, isOpen: !hasTurn && OpenTurn.Of(thread, [turn], Context.Time) is not null);
        }
        // A page is of the log as it is then; a document that is not of one log has no end.
        if (mark is not null)
            await mark.RequireAsync(cancellationToken);
        written.End();
        transcript.End();
        return count;
    }

    /// <summary>How a thread is exported.</summary>
    /// <param name="Format">One of <see cref="Formats"/>.</param>
    /// <param name="Pictures">Where pictures are.</param>
    sealed record ExportForm(string Format, IPictures Pictures)
    {
        /// <summary>Gets which items the turns have.</summary>
        public TurnView View { get; init; }

        /// <summary>Gets whether turns that were taken back are part of it.</summary>
        public bool WithRolledBack { get; init; }
    }
}
