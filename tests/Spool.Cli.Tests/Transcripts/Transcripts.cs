namespace Spool.Cli.Tests;

/// <summary>Writes threads as transcripts, without a command line around it.</summary>
static class Transcripts
{
    public static string Html(params IReadOnlyList<Turn> turns) => Html(Gallery.Thread, turns, new InlinePictures());

    public static string Html(StoredThread thread, IReadOnlyList<Turn> turns, IPictures pictures) =>
        Write(thread, turns, output => new HtmlTranscript(output, Clock, Links(thread), Left(thread), pictures));

    public static string Markdown(params IReadOnlyList<Turn> turns) => Markdown(Gallery.Thread, turns, new NoPictures());

    public static string Markdown(StoredThread thread, IReadOnlyList<Turn> turns, IPictures pictures) =>
        Write(thread, turns, output => new MarkdownTranscript(output, Clock, Links(thread), Left(thread), pictures));

    static readonly FixedTime Clock = new(CommandLine.Now);

    static ThreadLinks Links(StoredThread thread) => new(thread, new Hints());

    static LeftOut Left(StoredThread thread) => new(thread.Id, new Hints());

    static string Write(StoredThread thread, IReadOnlyList<Turn> turns, Func<TextWriter, ITranscript> make)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var transcript = make(output);
        transcript.Begin(thread, path: null);
        var written = new InheritedTurns(transcript, thread);
        foreach (var turn in turns)
            written.Add(turn);
        written.End();
        transcript.End();
        return output.ToString();
    }
}
