using System.Text.Json;

namespace Spool.Cli;

/// <summary>A thread as one JSON value: <c>{"thread":…,"turns":[…]}</c>.</summary>
/// <param name="writer">Writes to <paramref name="output"/>.</param>
/// <param name="output">Where to.</param>
sealed class JsonTranscript(Utf8JsonWriter writer, Stream output) : ITranscript
{
    StoredThread? _thread;

    public void Begin(StoredThread thread, string? path)
    {
        _thread = thread;
        writer.WriteStartObject();
        writer.WritePropertyName("thread"u8);
        ThreadJson.Write(writer, thread, path);
        writer.WriteStartArray("turns"u8);
    }

    // A turn says itself whose it is.
    public void BeginInherited(ThreadId from) { }

    public void EndInherited(ThreadId from, int turns) { }

    public void Add(Turn turn, bool isOpen)
    {
        TurnDetailJson.Write(writer, _thread!, turn);
        writer.Flush();
    }

    public void End()
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }
}
