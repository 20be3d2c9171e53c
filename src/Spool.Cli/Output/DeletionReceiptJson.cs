using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of <c>delete</c>.</summary>
/// <param name="receipt">What was removed.</param>
sealed class DeletionReceiptJson(DeletionReceipt receipt)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("deleted"u8);
        writer.WriteString("id"u8, receipt.ThreadId.Value);
        writer.WriteNumber("rollouts"u8, receipt.Rollouts);
        writer.WriteNumber("bytes"u8, receipt.Bytes);
        writer.WriteNumber("names"u8, receipt.Names);
        writer.WriteStartArray("warnings"u8);
        foreach (var left in receipt.Left)
            writer.WriteStringValue(left.ToString());
        writer.WriteEndArray();
        writer.WriteNumber("rows"u8, receipt.Rows);
        writer.WriteStartArray("removed"u8);
        foreach (var file in receipt.Removed)
            writer.WriteStringValue(file);
        writer.WriteEndArray();
        writer.WriteStartArray("left"u8);
        foreach (var left in receipt.Left)
        {
            writer.WriteStartObject();
            writer.WriteString("what"u8, left.What);
            writer.WriteString("why"u8, left.Why);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("prompts"u8, receipt.Prompts);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
