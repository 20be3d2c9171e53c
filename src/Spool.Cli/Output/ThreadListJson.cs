using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of <c>list</c>.</summary>
/// <param name="page">The page.</param>
/// <param name="paths">The files of its threads.</param>
sealed class ThreadListJson(Page<StoredThread> page, IReadOnlyDictionary<ThreadId, string> paths)
{
    /// <summary>Gets how many threads there are, or null when that is not known.</summary>
    public required ListCounts? Counts { get; init; }

    /// <summary>Gets what was asked for.</summary>
    public required ThreadQuery Query { get; init; }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("threads"u8);
        foreach (var thread in page.Items)
            ThreadJson.Write(writer, thread, paths.GetValueOrDefault(thread.Id));
        writer.WriteEndArray();
        writer.WriteString("nextCursor"u8, page.NextCursor);
        if (Counts is { } counts)
            WriteCounts(writer, counts);
        else
        {
            writer.WriteNull("total"u8);
            writer.WriteNull("notShown"u8);
        }
        if (page.Problems.Count > 0)
            WriteProblems(writer);
        writer.WriteEndObject();
    }

    void WriteCounts(Utf8JsonWriter writer, ListCounts counts)
    {
        writer.WriteNumber("total"u8, counts.Total);
        writer.WriteStartObject("notShown"u8);
        writer.WriteNumber("subAgents"u8, counts.SubAgents);
        writer.WriteNumber("withoutMessage"u8, counts.WithoutMessage);
        var isOfArchive = Query.Archive == ArchiveFilter.Archived;
        writer.WriteNumber("archived"u8, isOfArchive ? 0 : counts.OtherSide);
        writer.WriteNumber("active"u8, isOfArchive ? counts.OtherSide : 0);
        writer.WriteEndObject();
    }

    void WriteProblems(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("problems"u8);
        foreach (var problem in page.Problems)
        {
            writer.WriteStartObject();
            writer.WriteString("place"u8, problem.Place);
            writer.WriteString("reason"u8, problem.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
