using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of <c>list</c>.</summary>
/// <param name="page">The page.</param>
/// <param name="paths">The files of its threads.</param>
sealed class ThreadListJson(ThreadPage page, IReadOnlyDictionary<ThreadId, string> paths)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("threads"u8);
        foreach (var thread in page.Threads)
            ThreadJson.Write(writer, thread, paths.GetValueOrDefault(thread.Id));
        writer.WriteEndArray();
        writer.WriteString("nextCursor"u8, page.NextCursor);
        writer.WriteEndObject();
    }
}
