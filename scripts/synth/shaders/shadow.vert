#version 330
in vec3 place;
uniform mat4 light_from_world;

void main() {
    gl_Position = light_from_world * vec4(place, 1.0);
}
