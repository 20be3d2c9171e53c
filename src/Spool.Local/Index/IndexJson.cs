using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The JSON in the index. It is private to one version of the index's format.</summary>
/// <remarks>Only nulls are left out: the id of zeros and the time 0001-01-01 are default values too, and a thread may have them.</remarks>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(ThreadIdConverter), typeof(SessionSourceConverter)])]
[JsonSerializable(typeof(ScanState))]
[JsonSerializable(typeof(CodexOverlay))]
[JsonSerializable(typeof(StoredThread))]
sealed partial class IndexJson : JsonSerializerContext;

sealed class ThreadIdConverter : JsonConverter<ThreadId>
{
    public override ThreadId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetGuid());

    public override void Write(Utf8JsonWriter writer, ThreadId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

sealed class SessionSourceConverter : JsonConverter<SessionSource>
{
    public override SessionSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SessionSource value, JsonSerializerOptions options) => writer.WriteStringValue(value.Json);
}
