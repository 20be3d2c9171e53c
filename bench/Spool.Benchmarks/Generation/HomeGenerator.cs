using System.Globalization;
using System.Text;

namespace Spool.Benchmarks;

/// <summary>Makes Codex homes of any size, the same one every time.</summary>
static class HomeGenerator
{
    const int FlushBytes = 4 * 1024 * 1024;
    static readonly TimeSpan BetweenThreads = TimeSpan.FromMinutes(10);
    static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes a home.</summary>
    /// <param name="folder">Where; it should not exist.</param>
    /// <param name="shape">What is in it.</param>
    public static GeneratedHome Generate(string folder, HomeShape shape)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        var threads = new GeneratedThread[shape.Threads + (shape.BigRolloutBytes is null ? 0 : 1)];
        for (var day = First; day <= First + BetweenThreads * threads.Length; day = day.AddDays(1))
            Directory.CreateDirectory(Path.Join(folder, SessionFolder(day)));
        Directory.CreateDirectory(Path.Join(folder, "archived_sessions"));
        Parallel.For(
            0,
            shape.Threads,
            () => new Utf8Text(),
            (number, _, text) =>
            {
                threads[number] = WriteThread(folder, shape, number, null, text);
                return text;
            },
            _ => { }
        );
        if (shape.BigRolloutBytes is { } bytes)
            threads[^1] = WriteThread(folder, shape, shape.Threads, bytes, new Utf8Text());
        WriteNames(folder, shape, threads);
        return new GeneratedHome(folder, threads, threads.Sum(thread => thread.Bytes));
    }

    static GeneratedThread WriteThread(string folder, HomeShape shape, int number, long? leastBytes, Utf8Text text)
    {
        var at = First + BetweenThreads * number;
        text.Clear();
        var rollout = new RolloutText(shape, number, at.ToUnixTimeMilliseconds(), isLong: leastBytes is not null, text);
        var isArchived = shape.ArchivedEvery > 0 && leastBytes is null && number % shape.ArchivedEvery == shape.ArchivedEvery - 1;
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"rollout-{DateTimeOffset.FromUnixTimeMilliseconds(rollout.CreatedMs):yyyy-MM-dd'T'HH-mm-ss}-{rollout.Id:D}.jsonl"
        );
        var path = Path.Join(folder, isArchived ? "archived_sessions" : SessionFolder(at), name);
        long written = 0;
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            rollout.WriteMeta();
            while (leastBytes is { } least ? written + text.Length < least : rollout.Items < shape.ItemsPerThread)
            {
                rollout.WriteTurn();
                if (text.Length >= FlushBytes)
                    Flush();
            }
            Flush();

            void Flush()
            {
                RandomAccess.Write(file, text.Written.Span, written);
                written += text.Length;
                text.Clear();
            }
        }
        File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeMilliseconds(rollout.LastMs).UtcDateTime);
        return new GeneratedThread(new ThreadId(rollout.Id), path, rollout.CreatedMs, rollout.Items, rollout.Turns, written);
    }

    static string SessionFolder(DateTimeOffset day) => string.Create(CultureInfo.InvariantCulture, $"sessions/{day:yyyy'/'MM'/'dd}");

    static void WriteNames(string folder, HomeShape shape, GeneratedThread[] threads)
    {
        if (shape.NamedEvery <= 0)
            return;
        var lines = new StringBuilder();
        for (var i = 0; i < shape.Threads; i += shape.NamedEvery)
        {
            lines.Append(
                CultureInfo.InvariantCulture,
                $"{{\"id\":\"{threads[i].Id}\",\"thread_name\":\"Named thread {i}\",\"updated_at\":\"{DateTimeOffset.FromUnixTimeMilliseconds(threads[i].CreatedMs):yyyy-MM-dd'T'HH:mm:ss.ffffff}000Z\"}}\n"
            );
        }
        var path = Path.Join(folder, "session_index.jsonl");
        File.WriteAllText(path, lines.ToString());
        File.SetLastWriteTimeUtc(path, First.UtcDateTime);
    }
}
