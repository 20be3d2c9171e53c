using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class SessionSourceTests
{
    [Theory]
    [InlineData("\"cli\"", "cli")]
    [InlineData("\"vscode\"", "vscode")]
    [InlineData("\"exec\"", "exec")]
    [InlineData("\"mcp\"", "appServer")]
    [InlineData("\"brand_new\"", "unknown")]
    [InlineData("{\"custom\":\"atlas\"}", "atlas")]
    [InlineData("{\"subagent\":\"review\"}", "subAgentReview")]
    [InlineData("{\"subagent\":\"compact\"}", "subAgentCompact")]
    [InlineData("{\"subagent\":\"memory_consolidation\"}", "subAgentOther")]
    [InlineData("{\"subagent\":{\"other\":\"x\"}}", "subAgentOther")]
    [InlineData("{\"subagent\":{\"thread_spawn\":{}}}", "subAgentThreadSpawn")]
    [InlineData("{\"internal\":\"memory_consolidation\"}", "unknown")]
    [InlineData("17", "unknown")]
    [InlineData("not json", "unknown")]
    public void A_source_has_one_kind(string json, string kind) => Assert.Equal(kind, new SessionSource(json).Kind);

    [Fact]
    public void A_spawned_sub_agent_names_its_parent_its_depth_and_itself()
    {
        var source = new SessionSource(
            """{"subagent":{"thread_spawn":{"parent_thread_id":"01a20428-d3ad-73a1-92e6-c2af64741e38","depth":2,"agent_path":"/root/a","agent_nickname":"Ada","agent_role":null}}}"""
        );

        Assert.Equal(ThreadId.Parse("01a20428-d3ad-73a1-92e6-c2af64741e38"), source.ParentThread);
        Assert.Equal((2, "/root/a", "Ada", null), (source.Depth, source.AgentPath, source.AgentNickname, source.AgentRole));
        Assert.True(source.IsSubAgent);
    }

    [Fact]
    public void Any_text_is_a_source() =>
        Gen.String.Sample(text =>
        {
            var source = new SessionSource(text);
            Assert.Null(source.ParentThread);
            Assert.Null(source.Depth);
        });
}
