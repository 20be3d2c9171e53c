using System.Text;

namespace Spool.Cli;

/// <summary>The writer of words for people, which the log of a server shares: each call writes its text whole, whichever thread makes
/// it.</summary>
static class WordWriter
{
    /// <summary>Makes it, and makes it the console's output for errors too, where the log goes.</summary>
    /// <remarks>
    /// Two writers over one stream would be wrong: the log writes an entry in pieces, so that a line of words could come into the middle of
    /// one, and neither be a line of its own.
    /// </remarks>
    public static TextWriter Over(Stream stream)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });
        Console.SetError(writer);
        return writer;
    }
}
