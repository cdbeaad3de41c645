#version 330
// Passes places through; the rest place comes along so that paint stays on cloth and skin while they move.
in vec3 place;
in vec3 facing;
in vec3 rest;
in float material;
uniform mat4 clip_from_world;
uniform mat4 light_from_world;
out vec3 at;
out vec3 normal;
out vec3 painted;
flat out float surface;
out vec4 in_light;

void main() {
    at = place;
    normal = facing;
    painted = rest;
    surface = material;
    in_light = light_from_world * vec4(place, 1.0);
    gl_Position = clip_from_world * vec4(place, 1.0);
}
